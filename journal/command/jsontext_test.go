package command

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestJSONText writes texts in pieces of every size: what is read back is the text, as encoding/json has it whole.
func TestJSONText(t *testing.T) {
	for _, text := range []string{"a\nb\"\\<&>\u2028 é 漢 🙂\x00", "bad \xff\xe6\xbc end", "cut \xf0\x9f\x99"} {
		for size := 1; size <= len(text); size++ {
			var b strings.Builder
			w := jsonText{w: &b, before: `"`}
			for rest := text; rest != ""; {
				n := min(size, len(rest))
				if err := w.write([]byte(rest[:n])); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if err := w.end(); err != nil {
				t.Fatal(err)
			}
			var got string
			if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
				t.Fatalf("%q in pieces of %d: %q, %v", text, size, b.String(), err)
			}
			whole, err := json.Marshal(text)
			if err != nil {
				t.Fatal(err)
			}
			var want string
			if err := json.Unmarshal(whole, &want); err != nil || got != want {
				t.Errorf("%q in pieces of %d: %q, want %q", text, size, got, want)
			}
		}
	}
	var b strings.Builder
	if w := (jsonText{w: &b, before: `"`}); w.end() != nil || b.Len() > 0 {
		t.Errorf("without a piece: %q", b.String())
	}
}
