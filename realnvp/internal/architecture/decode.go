package architecture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// UnknownType is the error of Decode for a type that nobody registered.
type UnknownType struct{ Name string }

// Error names the type and what to do.
func (u *UnknownType) Error() string {
	return fmt.Sprintf("its flow has a part of type %s, which this program does not know: import its package, and call realnvp.Register with a value of the type before", u.Name)
}

// Decode reads what Encode wrote into the value that to points to.
func Decode(text json.RawMessage, to any) error {
	return decode(text, reflect.ValueOf(to).Elem(), "")
}

func decode(text json.RawMessage, v reflect.Value, at string) error {
	if len(text) == 0 || bytes.Equal(text, []byte("null")) {
		return nil
	}
	fail := func(err error) error { return fmt.Errorf("%s, a %s, cannot be read: %w", place(at), v.Type(), err) }
	if v.Kind() != reflect.Interface && v.Kind() != reflect.Pointer && ownText(v.Type()) {
		if err := json.Unmarshal(text, v.Addr().Interface()); err != nil {
			return fail(err)
		}
		return nil
	}
	switch v.Kind() {
	case reflect.Interface:
		return decodeTyped(text, v, at)
	case reflect.Pointer:
		made := reflect.New(v.Type().Elem())
		v.Set(made)
		return decode(text, made.Elem(), at)
	case reflect.Struct:
		var object map[string]json.RawMessage
		if err := json.Unmarshal(text, &object); err != nil {
			return fail(err)
		}
		for name, value := range object {
			field := v.FieldByName(name)
			if !field.IsValid() {
				return fmt.Errorf("%s, a %s, has no field %s: the checkpoint is of another version of the type", place(at), v.Type(), name)
			}
			if err := decode(value, open(field), at+"."+name); err != nil {
				return err
			}
		}
		return nil
	case reflect.Slice, reflect.Array:
		var list []json.RawMessage
		if err := json.Unmarshal(text, &list); err != nil {
			return fail(err)
		}
		if v.Kind() == reflect.Slice {
			v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
		} else if v.Len() != len(list) {
			return fail(fmt.Errorf("it has %d values", len(list)))
		}
		for i, value := range list {
			if err := decode(value, v.Index(i), fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		return nil
	case reflect.Map:
		var object map[string]json.RawMessage
		if err := json.Unmarshal(text, &object); err != nil {
			return fail(err)
		}
		v.Set(reflect.MakeMapWithSize(v.Type(), len(object)))
		for key, value := range object {
			made := reflect.New(v.Type().Elem()).Elem()
			if err := decode(value, made, at+"."+key); err != nil {
				return err
			}
			v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), made)
		}
		return nil
	}
	if err := json.Unmarshal(text, v.Addr().Interface()); err != nil {
		return fail(err)
	}
	return nil
}

// decodeTyped makes a value of the type that an interface held.
func decodeTyped(text json.RawMessage, v reflect.Value, at string) error {
	var held struct {
		Type  string
		Value json.RawMessage
	}
	if err := json.Unmarshal(text, &held); err != nil || held.Type == "" {
		return fmt.Errorf("%s names no type: %.60s", place(at), text)
	}
	star := held.Type[0] == '*'
	if star {
		held.Type = held.Type[1:]
	}
	mu.RLock()
	t, known := types[held.Type]
	mu.RUnlock()
	if !known {
		return &UnknownType{held.Type}
	}
	made := reflect.New(t)
	if err := decode(held.Value, made.Elem(), at); err != nil {
		return err
	}
	if !star {
		made = made.Elem()
	}
	if !made.Type().AssignableTo(v.Type()) {
		return fmt.Errorf("%s is to be a %s, and %s is none", place(at), v.Type(), made.Type())
	}
	v.Set(made)
	return nil
}
