package experiment

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"flowbook/realnvp"
	"flowbook/realnvp/oldconfig"
)

// oldModel is what the record of a run says of its flow where it was written before flows were described by their layers; such
// a run can be resumed and replayed still. The record of a new run has none.
type oldModel struct {
	Model json.RawMessage `json:"model,omitzero"`
}

// old is the model of an old record; nil of a new one.
func (m oldModel) old() (*realnvp.Model, error) {
	c, err := m.config()
	if c == nil || err != nil {
		return nil, err
	}
	shape := realnvp.Vector(c.Features)
	if c.IsImage() {
		shape = realnvp.Image(c.Height, c.Width, c.Channels)
	}
	opts := []realnvp.Option{shape, realnvp.Seed(uint64(c.Seed))}
	if c.IsPixels() {
		opts = append(opts, realnvp.Pixels())
	}
	return realnvp.New(c.Flow(), opts...)
}

func (m oldModel) config() (*oldconfig.Config, error) {
	if len(m.Model) == 0 {
		return nil, nil
	}
	var c oldconfig.Config
	strict := json.NewDecoder(bytes.NewReader(m.Model))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&c); err != nil {
		return nil, fmt.Errorf("experiment: the model of an old record: %w", err)
	}
	if reflect.ValueOf(c).IsZero() { // null, or the flow was preset.Digits or preset.Photographs
		return nil, nil
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("experiment: the model of an old record: %w", err)
	}
	return &c, nil
}
