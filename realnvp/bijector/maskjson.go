package bijector

import (
	"encoding/json"
	"strings"
)

// maskText is a mask as a checkpoint holds it: one character a number, where all are 0 or 1.
type maskText struct {
	Dims   []int     `json:"dims"`
	Bits   string    `json:"bits,omitempty"`
	Values []float64 `json:"values,omitempty"`
}

// MarshalJSON writes the mask as text of zeros and ones.
func (m Mask) MarshalJSON() ([]byte, error) {
	text := maskText{Dims: m.Dims}
	var bits strings.Builder
	for _, v := range m.Values {
		switch v {
		case 0:
			bits.WriteByte('0')
		case 1:
			bits.WriteByte('1')
		default:
			text.Values = m.Values
			return json.Marshal(text)
		}
	}
	text.Bits = bits.String()
	return json.Marshal(text)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Mask) UnmarshalJSON(raw []byte) error {
	var text maskText
	if err := json.Unmarshal(raw, &text); err != nil {
		return err
	}
	m.Dims, m.Values = text.Dims, text.Values
	for _, bit := range text.Bits {
		m.Values = append(m.Values, one(bit == '1'))
	}
	return nil
}
