package config

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"flowbook/journal/fault"
)

func TestOverrideSetsOmittedFields(t *testing.T) {
	type net struct {
		Planes int `json:"planes,omitempty"`
	}
	type config struct {
		Net  net    `json:"net,omitempty"`
		Name string `json:"name,omitempty"`
		Big  uint64 `json:"big,omitempty"`
	}
	var c config
	if err := Override(&c, "net.planes=32", "name=x", "big=18446744073709551615"); err != nil {
		t.Fatal(err)
	}
	if want := (config{net{32}, "x", 18446744073709551615}); c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

// TestOverrideSaysWhatFits names the setting and what it takes.
func TestOverrideSaysWhatFits(t *testing.T) {
	type config struct {
		Rate  float64 `json:"rate"`
		Steps int     `json:"steps"`
		Fast  bool    `json:"fast"`
		Net   struct {
			Planes []int `json:"planes"`
		} `json:"net"`
	}
	for setting, want := range map[string]string{
		"rate=abc":      "rate takes a finite number, not a string",
		"rate=NaN":      "rate takes a finite number, not a string",
		"rate=1e999":    "rate takes a finite number, not a string",
		"steps=1.5":     "steps takes a whole number (int), not a number 1.5",
		"fast=yes":      "fast takes true or false, not a string",
		"net=3":         "net takes an object",
		"net.planes=16": "net.planes takes a list, as [1,2], not a number",
	} {
		c := config{Rate: 1, Steps: 2}
		if err := Override(&c, setting); !errors.Is(err, fault.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", setting, err, want)
		}
		if c.Rate != 1 || c.Steps != 2 {
			t.Errorf("%s: set to %+v", setting, c)
		}
	}
}

// TestOmitZeroStaysOut: what only records of before hold is no setting, and in no new record.
func TestOmitZeroStaysOut(t *testing.T) {
	type config struct {
		Steps int             `json:"steps,omitempty"`
		Old   json.RawMessage `json:"old,omitzero"`
	}
	raw, err := Encode(config{})
	if err != nil || string(raw) != `{"steps":0}` {
		t.Errorf("%s, %v", raw, err)
	}
	var c config
	if err := Fill(&c, []byte(`{"steps":3,"old":{"planes":4}}`)); err != nil || string(c.Old) != `{"planes":4}` {
		t.Errorf("%+v, %v", c, err)
	}
}
