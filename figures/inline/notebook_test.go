//go:build unix

package inline_test

import (
	"encoding/gob"
	"errors"
	"image"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"flowbook/figures"
	"flowbook/figures/inline"
)

// kernel plays GoNB's part of the two pipes: it hands on what is displayed and
// acknowledges what is to be acknowledged.
func kernel(t *testing.T) <-chan protocol.DisplayData {
	t.Helper()
	to, from := filepath.Join(t.TempDir(), "to"), filepath.Join(t.TempDir(), "from")
	for _, pipe := range []string{to, from} {
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Skipf("no named pipes here: %v", err)
		}
	}
	t.Setenv(protocol.GONB_PIPE_ENV, to)
	t.Setenv(protocol.GONB_PIPE_BACK_ENV, from)
	gonbui.IsNotebook = true
	t.Cleanup(func() { gonbui.IsNotebook = false })
	shown := make(chan protocol.DisplayData, 10)
	go func() {
		in, err := os.Open(to)
		if err != nil {
			return
		}
		out, err := os.OpenFile(from, os.O_WRONLY, 0)
		if err != nil {
			return
		}
		decode, encode := gob.NewDecoder(in), gob.NewEncoder(out)
		for {
			var data protocol.DisplayData
			if decode.Decode(&data) != nil {
				return
			}
			if v, ok := data.Data[protocol.MIMECommValue].(protocol.CommValue); ok {
				_ = encode.Encode(&protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: v.Value})
				continue
			}
			shown <- data
		}
	}()
	return shown
}

func TestNotebook(t *testing.T) {
	shown := kernel(t)

	if err := inline.Show(curve(t), nil); err != nil {
		t.Fatal(err)
	}
	data := <-shown
	if doc, ok := data.Data[protocol.MIMEImageSVG].(string); !ok || !strings.HasPrefix(doc, svg) {
		t.Errorf("a figure of lines came as %v", data.Data)
	}

	if err := inline.Show(image.NewGray(image.Rect(0, 0, 30, 20)), nil); err != nil {
		t.Fatal(err)
	}
	data = <-shown
	if b, ok := data.Data[protocol.MIMEImagePNG].([]byte); !ok || !strings.HasPrefix(string(b), png) {
		t.Errorf("an image came as %v", data.Data)
	}
	if size, ok := data.Metadata["image/png"].(map[string]int); !ok || size["width"] != 30 {
		t.Errorf("the image is to be shown with %v, want a width of 30", data.Metadata)
	}
	if data.DisplayID != "" {
		t.Error("a picture that stays has an id")
	}

	t.Setenv("FLOWBOOK_FIGURES", "png")
	if err := inline.Show(curve(t), nil); err != nil {
		t.Fatal(err)
	}
	data = <-shown
	if b, ok := data.Data[protocol.MIMEImagePNG].([]byte); !ok || !strings.HasPrefix(string(b), png) || data.Data[protocol.MIMEImageSVG] != nil {
		t.Errorf("a figure to keep came as %v", data.Data)
	}

	live := inline.NewLive()
	for range 2 {
		if err := live.Show(curve(t), nil); err != nil {
			t.Fatal(err)
		}
	}
	if first, second := <-shown, <-shown; first.DisplayID == "" || first.DisplayID != second.DisplayID {
		t.Errorf("a live figure has ids %q and %q, want the same", first.DisplayID, second.DisplayID)
	}

	broken := errors.New("broken")
	for _, show := range []func(any, error) error{inline.Show, live.Show} {
		if err := show((*figures.Figure)(nil), broken); err != broken {
			t.Errorf("the error of the figure came back as %v", err)
		}
	}
	if len(shown) > 0 {
		t.Error("something was shown instead of the error")
	}
}
