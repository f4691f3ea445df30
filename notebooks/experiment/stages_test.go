package experiment

import (
	"reflect"
	"testing"

	"flowbook/figures"
	"flowbook/realnvp"
	"flowbook/realnvp/preset"
)

func TestStagesAreTheFlows(t *testing.T) {
	m, err := realnvp.New(preset.MNIST(), realnvp.Image(28, 28, 1), realnvp.Pixels())
	if err != nil {
		t.Fatal(err)
	}
	stages := Stages(m.Flow(), []int{28, 28, 1})
	if _, err := figures.Architecture([]int{28, 28, 1}, stages, figures.ArchitectureOptions{}); err != nil {
		t.Fatalf("%v: %+v", err, stages)
	}
	var names []string
	for _, s := range stages {
		names = append(names, s.Name+" "+string(s.Glyph))
	}
	want := []string{"Scale ", "3 couplings checkerboard", "squeeze squeezes", "3 couplings channels", "factor out factors out",
		"3 couplings checkerboard", "squeeze squeezes", "3 couplings channels", "factor out factors out", "4 couplings checkerboard"}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
	if last := stages[len(stages)-1]; !reflect.DeepEqual(last.Shape, []int{7, 7, 4}) {
		t.Errorf("what is left has the shape %v", last.Shape)
	}
	plane := Stages(preset.Plane(), []int{2})
	if len(plane) != 1 || plane[0].Name != "6 spline layers" || plane[0].Glyph != figures.InTurn {
		t.Errorf("of the plane: %+v", plane)
	}
	table := Stages(preset.Table(6), []int{6})
	if _, err := figures.Architecture([]int{6}, table, figures.ArchitectureOptions{}); err != nil || len(table) != 15 || table[1].Name != "Permute" || table[0].Name != "spline layer" || table[0].Glyph != figures.NoGlyph || table[0].Detail != "MLP 128, 128" {
		t.Errorf("%+v, %v", table, err)
	}
}
