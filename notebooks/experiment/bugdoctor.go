package experiment

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"math"
	"strings"

	"flowbook/figures"
	"flowbook/realnvp/doctor"
)

// examined is how many training samples the doctor looks at.
const examined = 64

// examine lets the doctor make the trial's checks, those of an untrained flow at the start and the others after the
// training, and attaches each line as an artifact: "doctor: " and the name of the check.
func (t *trial) examine(ctx context.Context, atStart bool) error {
	for _, name := range t.Checks {
		if (name == doctor.CheckStart) != atStart {
			continue
		}
		x := t.data.train[:min(examined*t.model.Dim(), len(t.data.train))]
		report, err := t.model.Examine(ctx, x, []string{name})
		if err != nil {
			return err
		}
		check, ok := report.Find(name)
		if !ok { // the flow does not run at all: the first line says so
			check = report.Checks[0]
		}
		if err := t.run.ArtifactBytes(artifact(name), "text/plain", []byte(Line(check))); err != nil {
			return err
		}
		if err := t.run.Tag(fmt.Sprintf("doctor %s", check.Verdict)); err != nil {
			return err
		}
	}
	return nil
}

// artifact is the name under which a run keeps the doctor's line of a check.
func artifact(check string) string { return "doctor: " + check }

// Line is a doctor's check on one line: verdict, name, what was measured against what limit, and the words.
func Line(c doctor.Check) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s · %s", c.Verdict, c.Name)
	if !math.IsNaN(c.Value) {
		fmt.Fprintf(&b, " %.3g", c.Value)
		if !math.IsNaN(c.Limit) {
			fmt.Fprintf(&b, " (limit %.3g)", c.Limit)
		}
	}
	b.WriteString(" · ")
	if c.Layer != "" {
		b.WriteString(c.Layer + ": ")
	}
	b.WriteString(c.Detail)
	if c.Remedy != "" && c.Verdict != doctor.OK {
		b.WriteString(" → " + c.Remedy)
	}
	return b.String()
}

func scatterPNG(data, samples []float32) ([]byte, error) {
	f, err := figures.Scatter(Pairs(data[:min(len(data), len(samples))]), Pairs(samples),
		figures.ScatterOptions{Data: "data", Samples: "samples", Limits: figures.Around(3)})
	if err != nil {
		return nil, err
	}
	f.Width, f.Height = 320*figures.Px, 350*figures.Px
	var png bytes.Buffer
	err = f.WritePNG(&png)
	return png.Bytes(), err
}

func gridPNG(x []float32, h, w, c int, o figures.GridOptions) ([]byte, error) {
	img, err := figures.ImageGrid(x, h, w, c, o)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = png.Encode(&b, img)
	return b.Bytes(), err
}
