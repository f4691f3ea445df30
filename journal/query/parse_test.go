package query

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"flowbook/journal/fault"
	"flowbook/journal/record"
)

// TestConfigFields finds keys with dots, with and without quotes, and of several keys in other letters always the same.
func TestConfigFields(t *testing.T) {
	r := &record.Run{Config: json.RawMessage(`{"a.b":1,"a":{"b":2},"c.d":3,"RATE":4,"Rate":5}`)}
	for filter, want := range map[string]bool{
		"config.a.b=2": true, "config.'a.b'=1": true, `config."a.b"=1`: true, "config.c.d=3": true, "config.'c.d'=3": true,
		"config.rate=4": true, "config.Rate=5": true, "config.a.b=1": false, "config.'a.b'=2": false,
	} {
		f, err := ParseFilter(filter)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if f.Match(r) != want {
				t.Fatalf("%s is %v", filter, !want)
			}
		}
	}
}

// TestFilter decides one run by many filters.
func TestFilter(t *testing.T) {
	seed := int64(7)
	started := time.Date(2026, 11, 24, 12, 0, 0, 0, time.Local)
	ended := started.Add(90 * time.Second)
	r := &record.Run{ID: "abc", Experiment: "mnist", Status: record.Finished, Seed: &seed, Started: started, Ended: &ended, Tags: []string{"best", "v2"},
		Config:  json.RawMessage(`{"Couplings":12,"net":{"planes":64,"name":"res net"},"on":true,"none":null,"list":[3,4],"big":1152921504606846977}`),
		Metrics: map[string]record.Summary{"bpd": {Count: 3, Last: 1.7, Min: 1.5, Max: 4}, "val.acc": {Count: 1, Last: 0.5, Min: 0.4, Max: 0.9}, "nan": {Count: 1, Last: math.NaN(), Min: math.NaN(), Max: math.NaN()}}}
	for filter, want := range map[string]bool{
		"":                                      true,
		"config.couplings>8":                    true,
		"config.couplings>8 and metric.bpd<1.8": true,
		"config.couplings > 8 && metric.bpd < 1.6": false,
		"config.net.planes=64":                     true,
		"config.net.name='res net'":                true,
		"config.net.name~^res":                     true,
		"config.net.name!~^res":                    false,
		"config.on=true":                           true,
		"config.on!=true":                          false,
		"config.none=null":                         true,
		"config.missing=null":                      true,
		"config.couplings=null":                    false,
		"config.missing>3":                         false,
		"config.missing!=3":                        true,
		"config.list.1=4":                          true,
		"config.big='1152921504606846977'":         true,
		"config.big='1152921504606846976'":         false,
		"metric.bpd.min<=1.5":                      true,
		"metric.bpd.best<=1.5":                     true,
		"metric.bpd.count=3":                       true,
		"metric.val.acc.best>0.8":                  true,
		"metric.'val.acc'=0.5":                     true,
		"metric.nan=nan":                           true,
		"metric.nan<1":                             false,
		"tag=best":                                 true,
		"tag=none":                                 false,
		"tag!=none":                                true,
		"tag!=best":                                false,
		"tag~^v":                                   true,
		"status=finished":                          true,
		"not status=finished":                      false,
		"!(status=failed or tag=v3)":               true,
		"status=failed or tag=best and seed=7":     true,
		"(status=failed or tag=best) and seed=8":   false,
		"seed>=7":                                  true,
		"started>2026-11-24":                       true,
		"started<2026-11-24T11:00":                 false,
		"ended > '2026-11-24 12:01'":               true,
		"duration>1m":                              true,
		"duration<80":                              false,
		"error":                                    false,
		"parent or tag":                            true,
		"experiment~'^m.*t$' AND NOT error":        true,
	} {
		f, err := ParseFilter(filter)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
		} else if got := f.Match(r); got != want {
			t.Errorf("%s: %v, want %v", filter, got, want)
		}
	}
}

// TestFilterErrors demands that the error points at the column.
func TestFilterErrors(t *testing.T) {
	for _, c := range []struct {
		filter string
		column int
		says   string
	}{
		{"config.couplings>", 18, "value"},
		{"config.couplings>8 metric.bpd<1", 20, "and, or"},
		{"config>8", 1, "config.NAME"},
		{"bpd<1.8", 1, `unknown field "bpd"`},
		{"tag='best", 5, "not closed"},
		{"(tag=a or tag=b", 16, "column 1"},
		{"tag=a)", 6, "expected and"},
		{"tag=a and", 10, "expected a field"},
		{"é=1 and tag=a", 1, "unknown field"},
		{"tag=é and x?", 12, "unexpected '?'"},
		{"started>yesterday", 9, "no date"},
		{"duration>long", 10, "no duration"},
		{"tag~'['", 5, "missing closing"},
		{"tag best", 5, "comparison"},
		{"= 3", 1, "expected a field"},
		{"tag=a and or tag=b", 11, "unknown field"},
	} {
		_, err := ParseFilter(c.filter)
		var e *Error
		if !errors.As(err, &e) || e.Column != c.column || !strings.Contains(err.Error(), c.says) || !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%s: %v\nwant column %d and %q", c.filter, err, c.column, c.says)
		}
	}
	if _, err := Order("-loss"); err == nil || !strings.Contains(err.Error(), "column 2") {
		t.Errorf("sort: %v", err)
	}
}

// FuzzFilter looks for a filter that panics, and for an error that points outside.
func FuzzFilter(f *testing.F) {
	for _, s := range []string{"config.a>1 and not (tag='x')", "metric.'a b'.last<=nan", "a&&", "(((", "'", "metric.''>1"} {
		f.Add(s)
	}
	r := &record.Run{Config: json.RawMessage(`{"a":1}`)}
	f.Fuzz(func(t *testing.T, s string) {
		filter, err := ParseFilter(s)
		var e *Error
		if errors.As(err, &e) && (e.Column < 1 || e.Column > len(s)+1) {
			t.Errorf("%q: column %d", s, e.Column)
		}
		if err == nil {
			filter.Match(r)
		}
	})
}
