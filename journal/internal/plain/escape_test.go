package plain

import (
	"html"
	"testing"
)

func TestEscape(t *testing.T) {
	for _, text := range []string{"", "plain", `<a href="x">&amp; 'é'</a>`, "&&lt;<>\"'"} {
		if got := Escape(text); got != html.EscapeString(text) {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := Escape("<\x00\xff>"); got != "&lt;␀�&gt;" {
		t.Errorf("what is no text: %q", got)
	}
}
