package notebooks

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"flowbook/figures"
	"flowbook/notebooks/experiment"
	"flowbook/realnvp"
)

// What a text says of a picture's lines and colours, the picture's own key says too. Each case is a text, the cell after
// it, and the figure that the cell draws, of the same kind and with the same names.
func TestTextsAgreeWithPictures(t *testing.T) {
	curve := func(name string) (*figures.Figure, error) {
		live := experiment.NewLive(figures.Reference{Name: name, X: []float64{1, 2}, Y: []float64{2, 1}})
		for step := range 2 {
			live.Step(realnvp.StepInfo{Step: step + 1, BitsPerDim: 3})
			live.Validation(realnvp.ValidationInfo{Step: step + 1, BitsPerDim: 3})
		}
		return live.Figure()
	}
	points := [][2]float64{{0, 1}, {1, 0}}
	dashed := func(name string) figures.KeyEntry {
		return figures.KeyEntry{Name: name, Color: figures.Ink, Dashed: true}
	}
	for _, c := range []struct {
		notebook, text string
		calls          string   // in the cell after the text
		named          []string // in that cell too, as Go strings: what the key says
		figure         func(names []string) (*figures.Figure, error)
		key            []figures.KeyEntry
	}{
		{"01-inverse-transform-sampling", "drawn by rejection (blue)", "figures.Scatter(", []string{"by rejection", "by conditionals"},
			func(names []string) (*figures.Figure, error) {
				return figures.Scatter(points, points, figures.ScatterOptions{Data: names[0], Samples: names[1]})
			}, []figures.KeyEntry{{Name: "by rejection", Color: figures.Blue}}},
		{"02-toy-2d", "Samples (red) over data (blue)", "set.Scatter(", nil,
			func([]string) (*figures.Figure, error) {
				return figures.Scatter(points, points, figures.ScatterOptions{})
			}, []figures.KeyEntry{{Name: "data", Color: figures.Blue}, {Name: "samples", Color: figures.Red}}},
		{"03-mnist", "The dashed line is what the author reached", "experiment.NewLive(", []string{"Keng, full size"},
			func(names []string) (*figures.Figure, error) { return curve(names[0]) },
			[]figures.KeyEntry{dashed("Keng, full size")}},
		{"04-cifar10", "The dashed curve is the author's test score after each of his 15 epochs on the whole set", "experiment.NewLive(", []string{"Keng, epochs 1 to 15, whole set"},
			func(names []string) (*figures.Figure, error) { return curve(names[0]) },
			[]figures.KeyEntry{dashed("Keng, epochs 1 to 15, whole set")}},
	} {
		t.Run(c.notebook, func(t *testing.T) {
			source := after(read(t, c.notebook+".ipynb"), c.text, c.calls)
			if source == "" {
				t.Fatalf("no cell with %s follows the text %q", c.calls, c.text)
			}
			for _, name := range c.named {
				if !strings.Contains(source, strconv.Quote(name)) {
					t.Errorf("the cell draws nothing named %q: %s", name, source)
				}
			}
			f, err := c.figure(c.named)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.key {
				if !slices.Contains(f.Key(), want) {
					t.Errorf("%q is said, and the picture's key is %+v; it lacks %+v", c.text, f.Key(), want)
				}
			}
		})
	}
}

// after is the source of the first cell that holds calls, after the text; "" where there is none.
func after(nb notebook, text, calls string) string {
	found := false
	for _, c := range nb.Cells {
		if c.Kind == "markdown" {
			found = found || strings.Contains(string(c.Source), text)
		} else if found && strings.Contains(string(c.Source), calls) {
			return string(c.Source)
		}
	}
	return ""
}
