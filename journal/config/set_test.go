package config

import "testing"

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
