package bijector_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/goldentest"
)

// TestChainRefusesNames: layers that would share parameters, or have no place for them, are named.
func TestChainRefusesNames(t *testing.T) {
	flip := bijector.Flip{}
	cases := []struct {
		name  string
		chain bijector.Chain
		says  string
	}{
		{"two of one name", bijector.Chain{{Name: "a", Bijector: flip}, {Name: "b", Bijector: flip}, {Name: "a", Bijector: flip}}, `two layers of a chain are named "a"`},
		{"no name", bijector.Chain{{Bijector: flip}}, "named \"\""},
		{"a slash", bijector.Chain{{Name: "a/b", Bijector: flip}}, `named "a/b"`},
		{"no bijector", bijector.Chain{{Name: "a"}}, "has no bijector"},
	}
	backend := goldentest.Backend(t)
	for _, c := range cases {
		for _, way := range []string{"Forward", "Inverse"} {
			t.Run(c.name+", "+way, func(t *testing.T) {
				_, err := model.CallOnceN(backend, model.NewStore(), func(s *model.Scope, in []*Node) []*Node {
					f := c.chain.Forward
					if way == "Inverse" {
						f = c.chain.Inverse
					}
					z, logDet := f(bijector.NewContext(s), in[0])
					return []*Node{z, logDet}
				}, tensorOf([]float64{1, 2}, dtypes.Float64, 1, 2))
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %v, want an error that says %q", err, c.says)
				}
			})
		}
	}
}

// twice is a container of a reader's own: a bijector applied two times, with its own parameters each time.
type twice struct{ First, Second bijector.Bijector }

func (w twice) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	return w.chain().Forward(c, x)
}

func (w twice) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) {
	return w.chain().Inverse(c, z)
}

func (w twice) Children() []bijector.Layer { return w.chain() }

func (w twice) WithChildren(children []bijector.Layer) bijector.Bijector {
	return twice{children[0].Bijector, children[1].Bijector}
}

func (w twice) chain() bijector.Chain {
	return bijector.Chain{{Name: "first", Bijector: w.First}, {Name: "second", Bijector: w.Second}}
}

// TestWrapLooksIntoContainers: by value, by pointer, nested, and of a reader's own.
func TestWrapLooksIntoContainers(t *testing.T) {
	rest := bijector.Chain{{Name: "c", Bijector: bijector.Flip{}}, {Name: "f", Bijector: bijector.Flatten{}}}
	cases := []struct {
		name string
		flow bijector.Bijector
		want []string
	}{
		{"FactorOut", bijector.Chain{{Name: "fo", Bijector: bijector.FactorOut{Rest: rest}}}, []string{"fo/rest/c", "fo/rest/f"}},
		{"*FactorOut", bijector.Chain{{Name: "fo", Bijector: &bijector.FactorOut{Rest: rest}}}, []string{"fo/rest/c", "fo/rest/f"}},
		{"*Chain", &rest, []string{"c", "f"}},
		{"a reader's", twice{rest, bijector.Flip{}}, []string{"first/c", "first/f", "second"}},
		{"a layer", bijector.Flip{}, []string{""}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var seen, again []string
			wrapped := bijector.Wrap(c.flow, func(path string, b bijector.Bijector) bijector.Bijector {
				seen = append(seen, path)
				return bijector.Squeeze2x2{}
			})
			bijector.Wrap(wrapped, func(path string, b bijector.Bijector) bijector.Bijector {
				if _, ok := b.(bijector.Squeeze2x2); ok {
					again = append(again, path)
				}
				return b
			})
			if !slices.Equal(seen, c.want) || !slices.Equal(again, c.want) {
				t.Errorf("layers %q, replaced %q, want %q", seen, again, c.want)
			}
		})
	}
}
