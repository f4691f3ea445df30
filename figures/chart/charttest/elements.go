// Package charttest is for tests of what draws and writes markup.
package charttest

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// Elements parses SVG or HTML that is also XML, and returns how many elements of each name it has.
func Elements(t *testing.T, text string) map[string]int {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader("<x>" + text + "</x>"))
	d.Entity = xml.HTMLEntity
	count := map[string]int{}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return count
		}
		if err != nil {
			t.Fatalf("%v in\n%.2000s", err, text)
		}
		if e, ok := tok.(xml.StartElement); ok {
			count[e.Name.Local]++
		}
	}
}
