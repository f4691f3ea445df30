package experiment

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"flowbook/figures"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
)

// Stages describes a flow, layer by layer, for figures.Architecture: of the very chain that is trained. sample is the
// shape of one sample. Couplings that follow each other with like masks, nets and transforms become one stage; a norm after a
// coupling is part of it, and a flatten, which changes nothing, of what comes before.
func Stages(flow bijector.Bijector, sample []int) []figures.Stage {
	s := stages{shape: sample}
	s.add("", flow)
	return s.all
}

type stages struct {
	shape  []int
	all    []figures.Stage
	merged int           // couplings in the last stage; 0 where it is another
	kind   string        // of these
	mask   figures.Glyph // of the first of these
}

func (s *stages) add(name string, b bijector.Bijector) {
	switch b := b.(type) {
	case bijector.FactorOut:
		latent := []int{b.Height, b.Width, b.Channels / 2}
		s.shape = latent
		s.push(figures.Stage{Name: "factor out", Glyph: figures.FactorsOut, Latent: latent})
		s.add(name, b.Rest)
	case *bijector.Coupling:
		s.coupling(b)
	case bijector.Squeeze2x2:
		s.shape = []int{s.shape[0] / 2, s.shape[1] / 2, 4 * s.shape[2]}
		s.push(figures.Stage{Name: "squeeze", Glyph: figures.Squeezes})
	case bijector.Flatten:
	case bijector.Container:
		for _, child := range b.Children() {
			s.add(child.Name, child.Bijector)
		}
	default:
		kind := typeName(b)
		if s.merged > 0 && strings.Contains(strings.ToLower(kind), "norm") {
			return
		}
		s.push(figures.Stage{Name: kind})
	}
}

func (s *stages) push(stage figures.Stage) {
	stage.Shape, s.merged = slices.Clone(s.shape), 0
	s.all = append(s.all, stage)
}

// coupling adds a coupling, to the last stage if that is of its like.
func (s *stages) coupling(c *bijector.Coupling) {
	kind := "coupling"
	if _, bends := c.Transform.(transform.Spline); bends {
		kind = "spline layer"
	}
	glyph, detail := maskGlyph(c.Mask), netName(c.Net)
	if last := len(s.all) - 1; s.merged > 0 && s.mask == glyph && s.all[last].Detail == detail && s.kind == kind {
		s.merged++
		s.all[last].Name = fmt.Sprintf("%d %ss", s.merged, kind)
		if glyph == figures.NoGlyph { // of vectors, whose masks alternate
			s.all[last].Glyph = figures.InTurn
		}
		return
	}
	s.push(figures.Stage{Name: kind, Detail: detail, Glyph: glyph})
	s.merged, s.kind, s.mask = 1, kind, glyph
}

// maskGlyph is a checkerboard where the mask of an image differs from pixel to pixel.
func maskGlyph(m bijector.Mask) figures.Glyph {
	if len(m.Dims) != 3 {
		return figures.NoGlyph
	}
	channels := m.Dims[2]
	for i, v := range m.Values {
		if v != m.Values[i%channels] {
			return figures.Checkerboard
		}
	}
	return figures.Channels
}

func netName(n net.Net) string {
	switch n := n.(type) {
	case net.Pair:
		return netName(n.S)
	case net.OneFeature:
		return netName(n.Net)
	case net.MLP:
		return "MLP " + strings.Trim(strings.ReplaceAll(fmt.Sprint(n.Hidden), " ", ", "), "[]")
	case net.ResNet:
		return fmt.Sprintf("ResNet %d × %d", n.Blocks, n.Planes)
	}
	return typeName(n)
}

// typeName is the type's name without its package, "Logit".
func typeName(v any) string {
	t := reflect.TypeOf(v)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}
