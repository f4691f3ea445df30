package arch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// encoder writes JSON with fields in the order of their structs.
type encoder struct{ bytes.Buffer }

// deepest is how long the name of a place may become: parts that hold themselves have no end.
const deepest = 10_000

func (e *encoder) value(v reflect.Value, at string) error {
	if len(at) > deepest {
		return fmt.Errorf("arch: %s… goes on without end; a part cannot hold itself", at[:60])
	}
	if !v.IsValid() {
		e.WriteString("null")
		return nil
	}
	if v.Kind() == reflect.Interface {
		return e.behindInterface(v, at)
	}
	if marshals(v.Type()) || isText(v.Type()) {
		return e.plain(v, at)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return e.value(v.Elem(), at)
	case reflect.Struct:
		return e.object("", v, at)
	case reflect.Slice, reflect.Array:
		e.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				e.WriteByte(',')
			}
			if err := e.value(v.Index(i), fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		e.WriteByte(']')
		return nil
	case reflect.Func, reflect.Chan, reflect.UnsafePointer, reflect.Map:
		return fmt.Errorf("arch: %s is a %s, which an architecture cannot hold; say it by a name, a number or a registered type", at, v.Kind())
	}
	return e.plain(v, at)
}

func (e *encoder) plain(v reflect.Value, at string) error {
	b, err := json.Marshal(v.Interface())
	if err != nil {
		return fmt.Errorf("arch: %s is %v, which cannot be written: %w", at, v.Interface(), err)
	}
	e.Write(b)
	return nil
}

// behindInterface writes a value with its registered name.
func (e *encoder) behindInterface(v reflect.Value, at string) error {
	if v.IsNil() {
		e.WriteString("null")
		return nil
	}
	inner := v.Elem()
	name, known := registered(inner.Type())
	if !known {
		return unregistered(inner.Type(), at)
	}
	target := inner
	if target.Kind() == reflect.Pointer {
		target = target.Elem()
	}
	if target.Kind() == reflect.Struct && !marshals(target.Type()) {
		return e.object(name, target, at)
	}
	fmt.Fprintf(e, `{"type":%s,"value":`, quoted(name))
	if err := e.value(inner, at); err != nil {
		return err
	}
	e.WriteByte('}')
	return nil
}

// quoted is a name as JSON has it.
func quoted(name string) []byte {
	b, _ := json.Marshal(name) // a string never fails
	return b
}

// registered is the name that a type is registered under.
func registered(t reflect.Type) (name string, known bool) {
	registry.RLock()
	defer registry.RUnlock()
	name, known = registry.names[t]
	return name, known
}

// unregistered says that t is not registered, and what to do: to give what is, where a pointer was given for a value or a
// value for a pointer, and else to register it.
func unregistered(t reflect.Type, at string) error {
	other := reflect.PointerTo(t)
	if t.Kind() == reflect.Pointer {
		other = t.Elem()
	}
	if _, known := registered(other); known {
		return fmt.Errorf("arch: %s is a %s; what is registered is %s: write %s", at, t, other, literal(other))
	}
	return fmt.Errorf("arch: %s is a %s, which is not registered: call arch.Register(%q, %s) once, in an init function",
		at, t, bare(t), literal(t))
}

// object writes a struct's fields.
func (e *encoder) object(name string, v reflect.Value, at string) error {
	e.WriteByte('{')
	first := true
	key := func(k string) {
		if !first {
			e.WriteByte(',')
		}
		first = false
		fmt.Fprintf(e, "%s:", quoted(k))
	}
	if name != "" {
		key("type")
		e.Write(quoted(name))
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		where := at + "." + field.Name
		switch {
		case v.Field(i).IsZero():
			continue
		case !field.IsExported():
			return fmt.Errorf("arch: %s is not exported, so it would be lost; export it, or give %s MarshalJSON and UnmarshalJSON", where, v.Type())
		}
		key(field.Name)
		if err := e.value(v.Field(i), where); err != nil {
			return err
		}
	}
	e.WriteByte('}')
	return nil
}

// bare is "package.Type", literal how a program writes such a value.
func bare(t reflect.Type) string { return string(bytes.TrimPrefix([]byte(t.String()), []byte("*"))) }

func literal(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		return "&" + bare(t) + "{}"
	}
	if slices.Contains([]reflect.Kind{reflect.Struct, reflect.Slice, reflect.Array}, t.Kind()) {
		return bare(t) + "{}"
	}
	return "a value of it"
}
