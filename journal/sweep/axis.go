package sweep

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"flowbook/journal"
)

// An axis is the values of one parameter.
type axis struct {
	path   string
	values []string // as settings of the config take them
	has    map[string]bool
	// between is set where the values are any number between two others; then there are no values.
	between *span
}

// A span is a range of fractions.
type span struct {
	low, high float64
	log       bool
}

// maxValues bounds the values of one parameter, so that a slip of the pen does not fill the memory.
const maxValues = 10_000

// parseAxis reads KEY=VALUES for a field of the config.
func parseAxis(setting string, all fields) (*axis, error) {
	key, text, ok := strings.Cut(setting, "=")
	if !ok || key == "" {
		return nil, invalid("%q is no parameter; write key=value, key=value,value or key=low..high", setting)
	}
	f, err := all.find(key)
	if err != nil {
		return nil, err
	}
	a := &axis{path: f.path, has: map[string]bool{}}
	for i, part := range split(text) {
		if part == "" {
			return nil, invalid("%s: value %d is empty; write %s=value,value", key, i+1, key)
		}
		if low, rest, isRange := strings.Cut(part, ".."); isRange && f.number {
			err = a.addRange(f, low, rest)
		} else {
			err = a.add(f, part)
		}
		if err != nil {
			return nil, err
		}
	}
	if a.between != nil && len(a.values) > 0 {
		return nil, invalid("%s: a range without a count stands alone; give it a count, as %s=1e-3..1e-2:log:5", key, key)
	}
	return a, nil
}

// add takes one value, which the config must accept.
func (a *axis) add(f field, value string) error {
	canonical, err := f.canonical(value)
	if err != nil {
		return err
	}
	if a.has[canonical] {
		return invalid("%s: %s is there twice; write it once", a.path, value)
	}
	if len(a.values) == maxValues {
		return invalid("%s has more than %d values; give the range a count, as %s=1..1000000:lin:10", a.path, maxValues, a.path)
	}
	a.has[canonical] = true
	a.values = append(a.values, canonical)
	return nil
}

// addRange takes low..high, low..high:lin:COUNT or low..high:log:COUNT.
func (a *axis) addRange(f field, lowText, rest string) error {
	highText, how, spaced := strings.Cut(rest, ":")
	low, errLow := strconv.ParseFloat(lowText, 64)
	high, errHigh := strconv.ParseFloat(highText, 64)
	if errLow != nil || errHigh != nil || math.IsInf(low, 0) || math.IsInf(high, 0) || low != low || high != high {
		return invalid("%s: %q is no range; write %s=1..5 or %s=1e-3..1e-2:log:5", a.path, lowText+".."+rest, a.path, a.path)
	}
	if !spaced {
		return a.addWhole(f, lowText, highText)
	}
	if low >= high {
		return a.backwards(lowText, highText)
	}
	scale, countText, counted := strings.Cut(how, ":")
	if scale != "lin" && scale != "log" {
		return invalid("%s: %q is no spacing; write lin or log, as %s=%s..%s:log:5", a.path, scale, a.path, lowText, highText)
	}
	s := span{low, high, scale == "log"}
	if s.log && low <= 0 {
		return invalid("%s: a logarithmic range cannot begin at %s; begin above 0, or write lin", a.path, lowText)
	}
	if !counted {
		if f.whole {
			return invalid("%s takes whole numbers; write %s=%s..%s, or with a count, as %s=2..64:log:6", a.path, a.path, lowText, highText, a.path)
		}
		a.between = &s
		return nil
	}
	count, err := strconv.Atoi(countText)
	if err != nil || count < 2 || count > maxValues {
		return invalid("%s: %q is no count of values; write a whole number from 2 to %d, as %s=%s..%s:%s:5", a.path, countText, maxValues, a.path, lowText, highText, scale)
	}
	for _, v := range s.grid(count, f.whole) {
		if f.whole && v != math.Trunc(v) {
			return invalid("%s takes whole numbers, and %d from %s to %s are not; choose another count, or write a list", a.path, count, lowText, highText)
		}
		if err := a.add(f, strconv.FormatFloat(v, 'g', -1, 64)); err != nil {
			return err
		}
	}
	return nil
}

func (a *axis) backwards(lowText, highText string) error {
	return invalid("%s: the range %s..%s goes nowhere; write the lower end first", a.path, lowText, highText)
}

// addWhole takes a range of whole numbers.
func (a *axis) addWhole(f field, lowText, highText string) error {
	low, errLow := strconv.ParseInt(lowText, 10, 64)
	high, errHigh := strconv.ParseInt(highText, 10, 64)
	if errLow != nil || errHigh != nil {
		return invalid("%s: the range %s..%s needs a spacing and a count: %s=%s..%s:lin:5, or log in the place of lin", a.path, lowText, highText, a.path, lowText, highText)
	}
	if low > high {
		return a.backwards(lowText, highText)
	}
	if span := uint64(high) - uint64(low); span >= maxValues {
		return invalid("%s: %s..%s are more than %d values; give a count, as %s=%s..%s:lin:10", a.path, lowText, highText, maxValues, a.path, lowText, highText)
	}
	for v := low; ; v++ {
		if err := a.add(f, strconv.FormatInt(v, 10)); err != nil || v == high {
			return err
		}
	}
}

// grid is count values from low to high. They have six digits where that keeps them apart, so that people can read them; the ends are as given.
func (s span) grid(count int, whole bool) []float64 {
	values := make([]float64, count)
	for i := range values {
		values[i] = s.at(float64(i) / float64(count-1))
	}
	values[0], values[count-1] = s.low, s.high
	for i := 1; i < count-1; i++ {
		rounded := digits(values[i], 6)
		if n := math.Round(values[i]); whole && math.Abs(values[i]-n) <= 1e-9*math.Abs(n) {
			rounded = n
		}
		if rounded > values[i-1] && rounded < values[i+1] {
			values[i] = rounded
		}
	}
	return values
}

// at is the value at a part of the way, 0 to 1.
func (s span) at(part float64) float64 {
	if s.log {
		return math.Exp(math.Log(s.low) + part*(math.Log(s.high)-math.Log(s.low)))
	}
	return s.low + part*(s.high-s.low)
}

// draw is a value between the ends, with six digits.
func (s span) draw(rng *rand.Rand) string {
	v := digits(s.at(rng.Float64()), 6)
	return strconv.FormatFloat(min(max(v, s.low), s.high), 'g', -1, 64)
}

func digits(v float64, n int) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', n, 64), 64)
	if err != nil {
		return v
	}
	return rounded
}

// varies tells whether the parameter takes more than one value.
func (a *axis) varies() bool { return a.between != nil || len(a.values) > 1 }

// split splits values at the commas that stand in no quotes and no brackets.
func split(text string) []string {
	var parts []string
	depth, quoted, from := 0, false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		case c == ',' && depth <= 0:
			parts = append(parts, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(parts, strings.TrimSpace(text[from:]))
}

// invalid is an error about what the caller gave.
func invalid(format string, args ...any) error {
	return fmt.Errorf("journal: sweep: %w: "+format, append([]any{journal.ErrInvalid}, args...)...)
}
