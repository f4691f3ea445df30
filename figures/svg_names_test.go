package figures_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"flowbook/figures"
)

// Whatever a run is called, the picture is well-formed XML and says what of the name XML has a place for.
func TestSVGOfAnyName(t *testing.T) {
	for _, name := range []string{"a\x00b", "a\x1bb", "a\ufffeb", "a\xffb", "a<b>&\"c\"", "]]>", "a\tb", "Ω 中 🎲"} {
		f, err := figures.LossCurves([]figures.Series{{Name: name, Y: []float64{3, 2, 1}}, {Name: "other", Y: []float64{1, 2, 3}}}, figures.CurveOptions{Title: name})
		if err != nil {
			t.Fatal(err)
		}
		var svg strings.Builder
		if err := f.WriteSVG(&svg); err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		d := xml.NewDecoder(strings.NewReader(svg.String()))
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			if text, ok := token.(xml.CharData); ok {
				said.Write(text)
			}
		}
		if want := string([]rune(name)[0]); !strings.Contains(said.String(), want) {
			t.Errorf("%q is not in the picture: %q", name, said.String())
		}
	}
}
