package bugs

import (
	"fmt"
	"reflect"

	"flowbook/realnvp/bijector"
)

// settings is the diff of what the bug sets otherwise: in the levels, or in the first layer that it changes.
func (b Bug) settings(s Subject) string {
	if b.Levels != nil {
		right, wrong := literal(reflect.ValueOf(s.Levels)), literal(reflect.ValueOf(b.edited(s).Levels))
		return "@@ the levels @@\n" + hunks(right, wrong)
	}
	if b.Layer == nil {
		return ""
	}
	found := ""
	bijector.Wrap(s.Flow(), func(path string, layer bijector.Bijector) bijector.Bijector {
		right, wrong := reflect.ValueOf(layer), within(reflect.ValueOf(b.Layer(path, layer)), reflect.TypeOf(layer))
		if found == "" && wrong.IsValid() {
			if text := hunks(literal(right), literal(wrong)); text != "" {
				found = fmt.Sprintf("@@ the layer %s @@\n%s", path, text)
			}
		}
		return layer
	})
	return found
}

// within is v, or the right layer that a wrong one embeds; none where the two have nothing to compare.
func within(v reflect.Value, want reflect.Type) reflect.Value {
	for v.IsValid() && v.Type() != want {
		if v.Kind() != reflect.Struct || v.NumField() == 0 {
			return reflect.Value{}
		}
		v = v.Field(0)
	}
	return v
}

// literal is a value as Go code writes it, a line a field, without zeros; a long list is "…".
func literal(v reflect.Value) []string {
	switch v.Kind() {
	case reflect.Interface:
		return literal(v.Elem())
	case reflect.Pointer:
		lines := literal(v.Elem())
		lines[0] = "&" + lines[0]
		return lines
	case reflect.Struct:
		if v.Type().PkgPath() == reflect.TypeFor[Bug]().PkgPath() { // wrong code, which Twins show; here its settings count
			return literal(v.Field(0))
		}
		lines := []string{v.Type().String() + "{"}
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				continue
			}
			field := literal(v.Field(i))
			field[0] = v.Type().Field(i).Name + ": " + field[0]
			field[len(field)-1] += ","
			for _, line := range field {
				lines = append(lines, "\t"+line)
			}
		}
		return append(lines, "}")
	case reflect.Func:
		return []string{v.Type().String() + " {…}"}
	case reflect.Slice:
		if v.Len() > 8 {
			return []string{v.Type().String() + "{…}"}
		}
	}
	return []string{fmt.Sprintf("%#v", v.Interface())}
}
