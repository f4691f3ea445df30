// Package architecture writes a flow down as JSON and reads it back: a value of any Go types that hold data, with the
// name of the type wherever an interface holds one. So a checkpoint says what it is a checkpoint of.
package architecture

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"unsafe"
)

// house is the path that names of this project's own types leave out.
const house = "flowbook/realnvp/"

var (
	mu    sync.RWMutex
	types = map[string]reflect.Type{}
)

// Register makes the type of a value known by its name, so that Decode can make one.
func Register(prototypes ...any) {
	mu.Lock()
	defer mu.Unlock()
	for _, p := range prototypes {
		t := reflect.TypeOf(p)
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		types[name(t)] = t
	}
}

// name is a type's: its package's path and its own name, "bijector.Coupling" or "example.com/mine.Tanh".
func name(t reflect.Type) string {
	return strings.TrimPrefix(t.PkgPath(), house) + "." + t.Name()
}

// Foreign tells whether a value holds types of other packages than this project's.
func Foreign(v any) bool {
	var found bool
	e := encoder{see: func(t reflect.Type) { found = found || !strings.HasPrefix(t.PkgPath(), house) }}
	_, err := e.encode(reflect.ValueOf(&v).Elem(), "")
	return found || err != nil
}

// Encode writes a value down, and registers the types in it. It fails, naming the field, for what is no data: a func
// or a channel that is set, a number that is not finite.
func Encode(v any) (json.RawMessage, error) {
	e := encoder{see: func(t reflect.Type) { Register(reflect.Zero(t).Interface()) }}
	tree, err := e.encode(reflect.ValueOf(&v).Elem(), "")
	if err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}

// typed is a value in an interface: the name of its type, with a star for a pointer to it.
type typed struct {
	Type  string `json:"type"`
	Value any    `json:"value,omitempty"`
}

type encoder struct{ see func(t reflect.Type) }

// ownText tells whether a type writes itself as JSON or text, and reads itself.
func ownText(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t.Implements(reflect.TypeFor[json.Marshaler]()) && p.Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) && p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// encode gives what json.Marshal makes the right text of; at is the place in the whole, for errors.
func (e encoder) encode(v reflect.Value, at string) (any, error) {
	if v.Kind() != reflect.Interface && v.Kind() != reflect.Pointer && ownText(v.Type()) {
		return v.Interface(), nil
	}
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return nil, nil
		}
		inner, star := v.Elem(), ""
		if inner.Kind() == reflect.Pointer {
			if inner.IsNil() {
				return nil, fmt.Errorf("%s is a nil pointer", place(at))
			}
			inner, star = inner.Elem(), "*"
		}
		if inner.Type().Name() == "" {
			return nil, fmt.Errorf("%s is of type %s, which has no name", place(at), inner.Type())
		}
		e.see(inner.Type())
		value, err := e.encode(addressable(inner), at)
		return typed{star + name(inner.Type()), value}, err
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return e.encode(v.Elem(), at)
	case reflect.Struct:
		return e.fields(v, at)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return nil, nil
		}
		list := make([]any, v.Len())
		for i := range list {
			var err error
			if list[i], err = e.encode(v.Index(i), fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return nil, err
			}
		}
		return list, nil
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			return nil, fmt.Errorf("%s is a map by %s; only strings can be kept", place(at), v.Type().Key())
		}
		object := map[string]any{}
		for _, key := range v.MapKeys() {
			value, err := e.encode(addressable(v.MapIndex(key)), at+"."+key.String())
			if err != nil {
				return nil, err
			}
			object[key.String()] = value
		}
		return object, nil
	case reflect.Float32, reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("%s is %v, and only finite numbers can be kept", place(at), f)
		}
	case reflect.Func, reflect.Chan, reflect.UnsafePointer, reflect.Complex64, reflect.Complex128:
		return nil, fmt.Errorf("%s is of type %s, which cannot be kept: it is no data", place(at), v.Type())
	}
	return v.Interface(), nil
}

// fields writes a struct's fields that are not zero.
func (e encoder) fields(v reflect.Value, at string) (any, error) {
	object := map[string]any{}
	for i := range v.NumField() {
		field := open(v.Field(i))
		if field.IsZero() {
			continue
		}
		name := v.Type().Field(i).Name
		value, err := e.encode(field, strings.TrimPrefix(at+"."+name, "."))
		if err != nil {
			return nil, err
		}
		object[name] = value
	}
	if len(object) == 0 {
		return nil, nil
	}
	return object, nil
}

func place(at string) string {
	if at == "" {
		return "the flow"
	}
	return at
}

// addressable is a value whose fields, those without a capital too, can be read.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	copied := reflect.New(v.Type()).Elem()
	copied.Set(v)
	return copied
}

// open is a field of an addressable struct that can be read and set, also where its name has no capital.
func open(field reflect.Value) reflect.Value {
	if field.CanSet() {
		return field
	}
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
}
