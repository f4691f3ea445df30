package main

import (
	"fmt"
	"slices"
	"testing"
)

// BenchmarkMessage measures a message there and back, a cell that is a command: through the kernel, and to GoNB alone.
func BenchmarkMessage(b *testing.B) {
	s := installed(b, false)
	alone := spec{Argv: append(slices.Clone(s.Argv[5:]), "--kernel", "{connection_file}", "-raw_error", "-logtostderr"), Env: s.Env}
	for _, c := range []struct {
		name string
		spec spec
	}{{"kernel", s}, {"GoNB", alone}} {
		b.Run(c.name, func(b *testing.B) {
			k := c.spec.start(b, newConnection(b))
			for b.Loop() {
				k.run("%help")
			}
		})
	}
}

// BenchmarkCellAgain measures a cell that is run again, each time after another one.
func BenchmarkCellAgain(b *testing.B) {
	for _, c := range []struct{ name, cell string }{
		{"text", "import \"flowbook/realnvp\"\n\n%%%%\nfmt.Println(realnvp.TrainConfig{Steps: %d}.Steps)"},
		{"picture", "import (\n\t\"flowbook/figures\"\n\t\"flowbook/figures/inline\"\n)\n\n%%%%\ninline.Show(figures.LossCurves([]figures.Series{{Name: \"run %d\", Y: []float64{3, 2, 1}}}, figures.CurveOptions{}))"},
	} {
		b.Run(c.name, func(b *testing.B) {
			k := start(b)
			again := func(i int) { k.ok(fmt.Sprintf(c.cell, i%2)) }
			again(0)
			again(1)
			i := 0
			for b.Loop() {
				again(i)
				i++
			}
		})
	}
}
