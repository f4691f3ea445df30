package chart

import (
	"math"
	"strconv"
	"strings"
)

// A Tick is a number on an axis.
type Tick struct {
	Value float64
	Label string
}

// Ticks are about so many multiples of 1, 2 or 5 times a power of ten between low and high, no nearer to each other than least, all labelled
// with the same number of decimals; none where there is no range, or one too narrow for a float64.
func Ticks(low, high float64, about int, least float64) []Tick {
	if !(high > low) || math.IsInf(high/4-low/4, 0) {
		return nil
	}
	step := max(RoundStep(high/float64(about)-low/float64(about)), least)
	first, last := math.Ceil(low/step-1e-9), math.Floor(high/step+1e-9)
	if !(last-first <= float64(4*about)) {
		return nil
	}
	var ticks []Tick
	for i := first; i <= last; i++ {
		ticks = append(ticks, Tick{i * step, Number(i*step, step)})
	}
	return ticks
}

// RoundStep is the 1, 2 or 5 times a power of ten nearest to raw by ratio.
func RoundStep(raw float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	best := power
	for _, m := range []float64{2, 5, 10} {
		if step := m * power; step/raw < raw/best {
			best = step
		}
	}
	return best
}

// Number writes v as precisely as the step between ticks needs: "−0.25", "10,000", "3×10⁻⁷".
func Number(v, step float64) string {
	magnitude := int(math.Floor(math.Log10(step) + 1e-9))
	switch {
	case math.Abs(v) < step/1e6:
		v = 0
		if magnitude < -5 || magnitude > 6 {
			return "0"
		}
	case magnitude < -5 || math.Abs(v) >= 1e7:
		digits := int(math.Floor(math.Log10(math.Abs(v))+1e-9)) - magnitude
		return scientific(v, min(max(digits, 0), 3))
	}
	s := strconv.FormatFloat(v, 'f', max(0, -magnitude), 64)
	if magnitude >= 0 {
		s = Thousands(s)
	}
	return strings.ReplaceAll(s, "-", "−")
}

// scientific writes v with a power of ten, as "1.5×10⁸".
func scientific(v float64, digits int) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', digits, 64), "e")
	n, _ := strconv.Atoi(exponent)
	s := strings.ReplaceAll(mantissa, "-", "−") + "×10"
	for _, r := range strconv.Itoa(n) {
		s += string(exponents[r])
	}
	return s
}

// exponents are the raised forms of a number's characters.
var exponents = map[rune]rune{'-': '⁻', '0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴', '5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹'}

// Thousands puts commas between the thousands of a whole number.
func Thousands(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
