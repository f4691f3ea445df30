package lower

import (
	"reflect"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/internal/variables"
)

// Packing lays the trainable variables of each coupling into one vector, in a store that only the training step uses.
// A flow of vectors has hundreds of small variables, each with two moments, all of which come and go as buffers of
// their own: that costs more time than the arithmetic of the step, and half of its compilation.
type Packing struct {
	// Store is what the training step reads and writes.
	Store *model.Store
	// Ahead tells whether it is newer than the model's own store.
	Ahead bool

	scopes Scopes
	groups []group
}

// Scopes are the places in a store of a flow's weights and of what a training adds for each.
type Scopes struct{ Flow, Optimizer, Average, Accumulated string }

// group is what lies in one vector: the variables of one coupling.
type group struct {
	scope   string
	members []*model.Variable // of the model's own store
}

// packedName is the name of a group's variable, in the scope of its coupling.
const packedName = "packed"

// kind is what there may be of each weight: itself, Adam's moments, the average.
type kind struct{ scope, suffix string }

func (s Scopes) kinds() []kind {
	return []kind{{"/", ""}, {"/" + s.Optimizer, "_1st_moment"}, {"/" + s.Optimizer, "_2nd_moment"}, {"/" + s.Average, ""}}
}

// Packs tells whether a training packs the weights of these parts of a flow of vectors: where each part, and each part in
// it, is of this module, and the package is on. Such parts find their weights by Context.Value, which hands out the packed
// ones. Another's may look for its variables itself.
func Packs(parts ...any) bool {
	for _, part := range parts {
		if !oursAll(reflect.ValueOf(part)) {
			return false
		}
	}
	return On()
}

func oursAll(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Interface:
		return v.IsNil() || oursAll(v.Elem())
	case reflect.Pointer:
		return v.IsNil() || oursAll(v.Elem())
	case reflect.Struct:
		if !strings.HasPrefix(v.Type().PkgPath(), "flowbook/realnvp/") {
			return false
		}
		for i := range v.NumField() {
			if !oursAll(v.Field(i)) {
				return false
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if !oursAll(v.Index(i)) {
				return false
			}
		}
	}
	return true
}

// Pack packs a model's store as it is.
func Pack(from *model.Store, scopes Scopes) (*Packing, error) {
	p := &Packing{Store: model.NewStore(), scopes: scopes}
	at := map[string]int{}
	for v := range from.Scope("/" + scopes.Flow).IterVariables() {
		if !v.Trainable {
			continue
		}
		scope := "/" + scopes.Flow + "/" + strings.Split(v.Path(), "/")[2]
		i, known := at[scope]
		if !known {
			i = len(p.groups)
			at[scope] = i
			p.groups = append(p.groups, group{scope: scope})
		}
		p.groups[i].members = append(p.groups[i].members, v)
	}
	inGroup := map[string]bool{}
	for _, gr := range p.groups {
		for _, kind := range p.scopes.kinds() {
			paths := gr.paths(kind.scope, kind.suffix)
			for _, path := range paths {
				inGroup[path] = true
			}
			if from.GetVariable(paths[0]) == nil {
				continue
			}
			if err := gr.pack(from, p.Store, paths, gr.path(kind.scope, kind.suffix)); err != nil {
				return nil, err
			}
		}
	}
	for v := range from.IterVariables() {
		if !inGroup[v.Path()] {
			if err := variables.Copy(v, p.Store); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// Unpack brings the model's own store up to date.
func (p *Packing) Unpack(to *model.Store) error {
	if !p.Ahead {
		return nil
	}
	packed, there := map[string]bool{}, map[string]bool{}
	for _, gr := range p.groups {
		for _, kind := range p.scopes.kinds() {
			path := gr.path(kind.scope, kind.suffix)
			packed[path] = true
			paths := gr.paths(kind.scope, kind.suffix)
			from := p.Store.GetVariable(path)
			if from == nil {
				continue
			}
			for _, each := range paths {
				there[each] = true
			}
			if err := gr.unpack(from, to, paths); err != nil {
				return err
			}
		}
	}
	for v := range p.Store.IterVariables() {
		if !packed[v.Path()] && !strings.HasPrefix(v.Path(), "/"+p.scopes.Accumulated+"/") {
			there[v.Path()] = true
			if err := variables.Copy(v, to); err != nil {
				return err
			}
		}
	}
	p.Ahead = false
	var gone []string // of a state that training went back from
	for v := range to.IterVariables() {
		if !there[v.Path()] {
			gone = append(gone, v.Path())
		}
	}
	for _, path := range gone {
		if err := to.DeleteVariable(path); err != nil {
			return err
		}
	}
	return nil
}

// Values are the weights as the flow's graph sees them: the value of each member by its path.
func (p *Packing) Values(g *Graph) map[string]*Node {
	values := map[string]*Node{}
	for _, gr := range p.groups {
		whole := p.Store.GetVariable(gr.path("/", "")).NodeValue(g)
		from := 0
		for _, v := range gr.members {
			to := from + v.Shape().Size()
			values[v.Path()] = Reshape(Slice(whole, AxisRange(from, to)), v.Shape().Dimensions...)
			from = to
		}
	}
	return values
}

func (gr group) path(scope, suffix string) string {
	return model.JoinPath(scope, gr.scope, packedName) + suffix
}

func (gr group) paths(scope, suffix string) []string {
	var paths []string
	for _, v := range gr.members {
		paths = append(paths, model.JoinPath(scope, v.Path())+suffix)
	}
	return paths
}

// pack makes the variable at path in store to, of the variables at paths in store from.
func (gr group) pack(from, to *model.Store, paths []string, path string) error {
	var all []byte
	var dtype dtypes.DType
	trainable := false
	for _, each := range paths {
		v := from.GetVariable(each)
		value, err := v.Value()
		if err != nil {
			return err
		}
		if err := value.ConstBytes(func(b []byte) { all = append(all, b...) }); err != nil {
			return err
		}
		dtype, trainable = v.DType(), v.Trainable
	}
	whole := tensors.FromShape(shapes.Make(dtype, len(all)/dtype.Size()))
	if err := whole.MutableBytes(func(b []byte) { copy(b, all) }); err != nil {
		return err
	}
	v, err := to.CreateVariable(path, whole)
	if err == nil {
		v.SetTrainable(trainable)
	}
	return err
}

// unpack sets, or makes, the variables at paths in store to.
func (gr group) unpack(from *model.Variable, to *model.Store, paths []string) error {
	whole, err := from.Value()
	if err != nil {
		return err
	}
	var all []byte
	if err := whole.ConstBytes(func(b []byte) { all = append(all, b...) }); err != nil {
		return err
	}
	for i, path := range paths {
		part := tensors.FromShape(shapes.Make(from.DType(), gr.members[i].Shape().Dimensions...))
		if err := part.MutableBytes(func(b []byte) { all = all[copy(b, all):] }); err != nil {
			return err
		}
		if err := variables.Set(to, path, part, from.Trainable); err != nil {
			return err
		}
	}
	return nil
}
