package wire

import (
	"bytes"
	"testing"
)

func TestMessageComesBackAsItWas(t *testing.T) {
	key := Key("secret")
	parent := New("execute_request", nil, map[string]any{"code": "a < b"})
	parent.Route = [][]byte{[]byte("client")}
	m := New("execute_reply", parent, map[string]any{"status": "ok"})
	m.Buffers = [][]byte{{0, 1, 2}}
	frames := key.Frames(m)
	got, err := key.Parse(frames)
	if err != nil {
		t.Fatal(err)
	}
	if got.Header != m.Header || got.Parent != parent.Header || !bytes.Equal(got.Route[0], []byte("client")) || got.Fields()["status"] != "ok" || !bytes.Equal(got.Buffers[0], []byte{0, 1, 2}) {
		t.Errorf("%+v became %+v", m, got)
	}
	if again := key.Frames(got); !bytes.Equal(bytes.Join(again, nil), bytes.Join(frames, nil)) {
		t.Error("passed on it is another message")
	}
	if !bytes.Contains(parent.Content, []byte("a < b")) {
		t.Errorf("the content is escaped: %s", parent.Content)
	}
}

func TestUnfitMessages(t *testing.T) {
	good := Key("secret").Frames(New("status", nil, map[string]any{}))
	for name, c := range map[string]struct {
		key    Key
		frames [][]byte
	}{
		"another key":  {Key("other"), good},
		"too short":    {Key("secret"), good[:4]},
		"no delimiter": {nil, [][]byte{{1}, {2}}},
		"no frames":    {nil, nil},
		"no JSON":      {nil, [][]byte{delimiter, nil, []byte("{"), []byte("{}"), []byte("{}"), []byte("{}")}},
	} {
		if _, err := c.key.Parse(c.frames); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
