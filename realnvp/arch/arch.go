// Package arch writes an architecture down as JSON and reads it again: a flow is a value made of others behind
// interfaces, so each type has a name by which a program that reads it finds the type.
//
//	func init() { arch.Register("mine.Swirl", Swirl{}) }
//
// is all that a bijector, net, transform or base density of one's own needs to be in checkpoints: its exported fields
// are what is written.
package arch

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

var registry = struct {
	sync.RWMutex
	types map[string]reflect.Type
	names map[reflect.Type]string
}{types: map[string]reflect.Type{}, names: map[reflect.Type]string{}}

// Register names the type of value, "package.Type" by custom. value is as flows hold it: a pointer where they hold a
// pointer. To register a type or a name twice is a mistake of the program, and panics, as does an empty name.
func Register(name string, value any) {
	registry.Lock()
	defer registry.Unlock()
	t := reflect.TypeOf(value)
	if t == nil || name == "" {
		panic(fmt.Sprintf("arch: Register(%q, %v): give a name and a value of the type", name, value))
	}
	if other, known := registry.types[name]; known {
		panic(fmt.Sprintf("arch: %q is registered already, for %s", name, other))
	}
	if other, known := registry.names[t]; known {
		panic(fmt.Sprintf("arch: %s is registered already, as %q", t, other))
	}
	registry.types[name], registry.names[t] = t, name
}

// UnknownTypeError says that an architecture names a type that this program does not have.
type UnknownTypeError struct {
	// Name is the type's, At where in the architecture it stands.
	Name, At string
}

// Error names the type and says how to have it.
func (e *UnknownTypeError) Error() string {
	return fmt.Sprintf("arch: the type %q at %s is not registered in this program: import the package that has it and calls arch.Register(%q, …), or call that before loading; registered are %s",
		e.Name, e.At, e.Name, strings.Join(Names(), ", "))
}

// Names lists the registered names, sorted.
func Names() []string {
	registry.RLock()
	defer registry.RUnlock()
	return slices.Sorted(maps.Keys(registry.types))
}

// Marshal writes v: structs as objects of their exported fields, those that are zero left out, and what stands behind
// an interface with its registered name under "type". It fails for a type that is not registered, for a field that
// cannot be written (a function, a channel, an unexported field that is not zero) and for numbers that are not finite.
func Marshal(v any) ([]byte, error) {
	var e encoder
	if err := e.value(reflect.ValueOf(v), "the architecture"); err != nil {
		return nil, err
	}
	return e.Bytes(), nil
}

// Unmarshal reads into v, a pointer, what Marshal wrote. A type that is not registered is an *UnknownTypeError; a field
// that the type does not have is an error too.
func Unmarshal(data []byte, v any) error {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return fmt.Errorf("arch: Unmarshal wants a pointer, got %T", v)
	}
	return decode(json.RawMessage(data), target.Elem(), "the architecture")
}

// marshals tells whether a type writes itself.
func marshals(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[json.Marshaler]()) && reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]())
}

func isText(t reflect.Type) bool {
	type text interface{ MarshalText() ([]byte, error) }
	return t.Implements(reflect.TypeFor[text]())
}
