// Package wire is Jupyter's wire protocol: messages as frames, their signature, and the five sockets of a kernel, on the
// side that serves them and on the side that asks. It reads a message only as far as it is asked to and passes the rest on
// byte for byte. See https://jupyter-client.readthedocs.io/en/stable/messaging.html.
package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// version of the messaging protocol that a [Message] made here names.
const version = "5.3"

var delimiter = []byte("<IDS|MSG>")

// Header says what a message is.
type Header struct {
	ID       string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
}

// Message is one message: where it goes, its header and its parent's read, the rest as it came.
type Message struct {
	// Route is the identities of the clients that it comes from or goes to; the topic of what is published.
	Route [][]byte
	Header
	// Parent is the header of the message that this one answers; its ID is empty where there is none.
	Parent Header
	// Metadata and Content are JSON objects.
	Metadata, Content json.RawMessage
	// Buffers are what follows the content.
	Buffers [][]byte

	rawHeader, rawParent json.RawMessage
}

// Key signs messages; an empty one signs none.
type Key []byte

// Parse reads the frames of a message. The error says what is wrong with them.
func (k Key) Parse(frames [][]byte) (*Message, error) {
	at := 0
	for at < len(frames) && !bytes.Equal(frames[at], delimiter) {
		at++
	}
	if len(frames) < at+6 {
		return nil, fmt.Errorf("wire: a message of %d frames, %d after its route; a message has 5 or more", len(frames), len(frames)-at)
	}
	body := frames[at+2:]
	if sum := k.sign(body[:4]); len(k) > 0 && !hmac.Equal(sum, frames[at+1]) {
		return nil, errors.New("wire: a message with a signature that is not this kernel's")
	}
	m := &Message{Route: frames[:at], rawHeader: body[0], rawParent: body[1], Metadata: body[2], Content: body[3], Buffers: body[4:]}
	if err := json.Unmarshal(body[0], &m.Header); err != nil {
		return nil, fmt.Errorf("wire: the header of a message cannot be read: %w", err)
	}
	if err := json.Unmarshal(body[1], &m.Parent); err != nil {
		return nil, fmt.Errorf("wire: the parent header of a %s cannot be read: %w", m.Type, err)
	}
	return m, nil
}

// Frames gives the message as it is sent.
func (k Key) Frames(m *Message) [][]byte {
	body := [][]byte{m.rawHeader, m.rawParent, m.Metadata, m.Content}
	frames := append(append([][]byte{}, m.Route...), delimiter, k.sign(body))
	return append(append(frames, body...), m.Buffers...)
}

func (k Key) sign(body [][]byte) []byte {
	if len(k) == 0 {
		return nil
	}
	mac := hmac.New(sha256.New, k)
	for _, part := range body {
		mac.Write(part)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// New makes a message of a type that answers parent, with a content that is encoded as JSON. A nil parent is none.
func New(msgType string, parent *Message, content any) *Message {
	m := &Message{Header: Header{ID: NewID(), Date: time.Now().UTC().Format(time.RFC3339Nano), Type: msgType, Version: version, Username: "kernel"}}
	m.rawParent = json.RawMessage("{}")
	if parent != nil {
		m.Route, m.Session, m.Parent, m.rawParent = parent.Route, parent.Session, parent.Header, parent.rawHeader
	}
	m.rawHeader, m.Metadata, m.Content = encode(m.Header), json.RawMessage("{}"), encode(content)
	return m
}

// Set replaces the content.
func (m *Message) Set(content any) { m.Content = encode(content) }

// Fields reads the content as an object; what is no object has no fields.
func (m *Message) Fields() map[string]any {
	fields := map[string]any{}
	_ = json.Unmarshal(m.Content, &fields)
	return fields
}

// NewID gives an identifier that no other message has.
func NewID() string {
	return rand.Text()
}

// encode gives a value of ours as JSON; none of them is such that it could fail.
func encode(v any) json.RawMessage {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("wire: a content that is no JSON: %v", err))
	}
	return bytes.TrimSpace(out.Bytes())
}
