package arch

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

func decode(data json.RawMessage, v reflect.Value, at string) error {
	if string(data) == "null" {
		v.SetZero()
		return nil
	}
	if v.Kind() == reflect.Interface {
		return decodeInterface(data, v, at)
	}
	if marshals(v.Type()) || isText(v.Type()) {
		return decodePlain(data, v, at)
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return decode(data, v.Elem(), at)
	case reflect.Struct:
		fields := map[string]json.RawMessage{}
		if err := json.Unmarshal(data, &fields); err != nil {
			return fmt.Errorf("arch: %s: %w", at, err)
		}
		return decodeFields(fields, v, at)
	case reflect.Slice, reflect.Array:
		var items []json.RawMessage
		if err := json.Unmarshal(data, &items); err != nil {
			return fmt.Errorf("arch: %s: %w", at, err)
		}
		if v.Kind() == reflect.Slice {
			v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
		} else if len(items) != v.Len() {
			return fmt.Errorf("arch: %s has %d items, want %d", at, len(items), v.Len())
		}
		for i, item := range items {
			if err := decode(item, v.Index(i), fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		return nil
	}
	return decodePlain(data, v, at)
}

func decodePlain(data json.RawMessage, v reflect.Value, at string) error {
	if err := json.Unmarshal(data, v.Addr().Interface()); err != nil {
		return fmt.Errorf("arch: %s: %w", at, err)
	}
	return nil
}

// decodeInterface makes a value of the type that is named.
func decodeInterface(data json.RawMessage, v reflect.Value, at string) error {
	fields := map[string]json.RawMessage{}
	var name string
	if err := json.Unmarshal(data, &fields); err != nil {
		return fmt.Errorf("arch: %s: %w", at, err)
	}
	if err := json.Unmarshal(fields["type"], &name); err != nil || name == "" {
		return fmt.Errorf("arch: %s has no \"type\"", at)
	}
	registry.RLock()
	t, known := registry.types[name]
	registry.RUnlock()
	if !known {
		return &UnknownTypeError{Name: name, At: at}
	}
	if !t.AssignableTo(v.Type()) {
		return fmt.Errorf("arch: %s is a %q, which is no %s", at, name, v.Type())
	}
	made := reflect.New(t).Elem()
	target := made
	if t.Kind() == reflect.Pointer {
		made.Set(reflect.New(t.Elem()))
		target = made.Elem()
	}
	var err error
	if target.Kind() == reflect.Struct && !marshals(target.Type()) {
		delete(fields, "type")
		err = decodeFields(fields, target, at)
	} else {
		err = decode(fields["value"], made, at)
	}
	if err == nil {
		v.Set(made)
	}
	return err
}

func decodeFields(fields map[string]json.RawMessage, v reflect.Value, at string) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		field, known := v.Type().FieldByName(name)
		if !known || !field.IsExported() || len(field.Index) != 1 {
			return fmt.Errorf("arch: %s is a %s, which has no field %q; it was written by a newer program, or by hand", at, v.Type(), name)
		}
		if err := decode(fields[name], v.Field(field.Index[0]), at+"."+name); err != nil {
			return err
		}
	}
	return nil
}
