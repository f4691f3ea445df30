package record

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Number is a float64 that JSON can hold when it is not finite too: as the strings "NaN", "+Inf" and "-Inf".
type Number float64

// MarshalJSON writes the number so that ParseFloat gives back the same value.
func (n Number) MarshalJSON() ([]byte, error) {
	v := float64(n)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return json.Marshal(FormatValue(v))
	}
	return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
}

// UnmarshalJSON reads a JSON number or one of the three strings.
func (n *Number) UnmarshalJSON(b []byte) error {
	var text string
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
	} else {
		text = string(b)
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("%.40q is no number", text)
	}
	*n = Number(v)
	return nil
}

// FormatValue writes a value with all its digits, NaN and infinities as "NaN", "+Inf" and "-Inf".
func FormatValue(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// summaryJSON is a Summary as JSON.
type summaryJSON struct {
	Count     int    `json:"count"`
	NotFinite int    `json:"not_finite"`
	First     int    `json:"first_step"`
	LastStep  int    `json:"last_step"`
	Last      Number `json:"last"`
	Min       Number `json:"min"`
	MinStep   int    `json:"min_step"`
	Max       Number `json:"max"`
	MaxStep   int    `json:"max_step"`
	Better    Better `json:"better,omitempty"`
}

// MarshalJSON writes values that are not finite as strings (see [Number]).
func (s Summary) MarshalJSON() ([]byte, error) {
	return json.Marshal(summaryJSON{s.Count, s.NotFinite, s.First, s.LastStep, Number(s.Last), Number(s.Min), s.MinStep, Number(s.Max), s.MaxStep, s.Better})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Summary) UnmarshalJSON(b []byte) error {
	var v summaryJSON
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*s = Summary{v.Count, v.NotFinite, v.First, v.LastStep, float64(v.Last), float64(v.Min), v.MinStep, float64(v.Max), v.MaxStep, v.Better}
	return nil
}

// ShortValue writes a value with five digits for people to read; NaN and infinities as such.
func ShortValue(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return FormatValue(v)
	}
	return strconv.FormatFloat(v, 'g', 5, 64)
}

// Span writes a duration for people to read, as 12 ms, 1.2 s, 3 m 05 s or 2 h 10 m. Less than nothing, where a clock was set back
// meanwhile, is not known.
func Span(d time.Duration) string {
	switch {
	case d < 0:
		return "not known"
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d m %02d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %02d m", int(d.Hours()), int(d.Minutes())%60)
}
