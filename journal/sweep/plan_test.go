package sweep

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"flowbook/journal"
	"flowbook/journal/config"
)

// A settingsConfig has a field of every kind.
type settingsConfig struct {
	Planes     int      `json:"planes"`
	Rate       float64  `json:"rate"`
	Seed       int64    `json:"seed"`
	Activation string   `json:"activation"`
	Norm       bool     `json:"norm"`
	Hidden     []int    `json:"hidden"`
	Clip       *float64 `json:"clip"`
	Decay      float64  `json:"decay,omitempty"`
	Net        struct {
		Blocks int `json:"blocks"`
	} `json:"net"`
}

func init() {
	journal.Register("settings", journal.Typed("has a field of every kind", settingsConfig{Planes: 8, Rate: 0.1, Activation: "relu"},
		func(context.Context, *journal.Run, settingsConfig) error { return nil }))
	journal.Register("list", journal.Typed("its config is a list", []int{1}, func(context.Context, *journal.Run, []int) error { return nil }))
}

// TestCombinations reads settings into the runs they ask for.
func TestCombinations(t *testing.T) {
	for _, c := range []struct {
		settings string // separated by spaces
		params   string
		want     string // the values of each run
	}{
		{"", "", ""},
		{"planes=16", "", ""},
		{"planes=16,32", "planes", "16 | 32"},
		{"planes=16,32 seed=1..3", "planes seed", "16 1 | 16 2 | 16 3 | 32 1 | 32 2 | 32 3"},
		{"seed=3..3", "", ""},
		{"seed=-1..1", "seed", "-1 | 0 | 1"},
		{"seed=1..2,7", "seed", "1 | 2 | 7"},
		{"rate=1e-3..1e-2:log:5", "rate", "0.001 | 0.00177828 | 0.00316228 | 0.00562341 | 0.01"},
		{"rate=0..1:lin:3", "rate", "0 | 0.5 | 1"},
		{"rate=-1..1:lin:3", "rate", "-1 | 0 | 1"},
		{"rate=1e-3..1e-2:log:2,0.5", "rate", "0.001 | 0.01 | 0.5"},
		{"planes=2..64:log:6", "planes", "2 | 4 | 8 | 16 | 32 | 64"},
		{"planes=10..30:lin:3", "planes", "10 | 20 | 30"},
		{"rate=1..3", "rate", "1 | 2 | 3"},
		{"activation=relu,tanh", "activation", "relu | tanh"},
		{`activation="a, b",1..5`, "activation", "a, b | 1..5"},
		{"norm=true,false", "norm", "true | false"},
		{"hidden=[64,64],[128]", "hidden", "[64,64] | [128]"},
		{"clip=null,0.5", "clip", "null | 0.5"},
		{"clip=1..2:lin:3", "clip", "1 | 1.5 | 2"},
		{"decay=0,1e-4", "decay", "0 | 0.0001"},
		{"net.blocks=1,2", "net.blocks", "1 | 2"},
		{"PLANES=1,2", "planes", "1 | 2"},
		{"seed=9223372036854775806..9223372036854775807", "seed", "9223372036854775806 | 9223372036854775807"},
	} {
		params, all, err := Plan{Experiment: "settings", Settings: fieldsOfText(c.settings)}.Combinations()
		if err != nil {
			t.Errorf("%s: %v", c.settings, err)
			continue
		}
		var runs []string
		for _, one := range all {
			runs = append(runs, strings.Join(one.Values, " "))
		}
		if got := strings.Join(params, " "); got != c.params || strings.Join(runs, " | ") != c.want {
			t.Errorf("%s: %q: %q, want %q: %q", c.settings, got, strings.Join(runs, " | "), c.params, c.want)
		}
	}
}

// fieldsOfText splits settings at spaces, but for those in quotes.
func fieldsOfText(text string) []string {
	if strings.Contains(text, `"`) {
		return []string{text}
	}
	return strings.Fields(text)
}

// TestCombinationsConfig looks at the config of a run: what is swept, what is set, and the defaults.
func TestCombinationsConfig(t *testing.T) {
	_, all, err := Plan{Experiment: "settings", Settings: []string{"planes=16,32", "net.blocks=3"}}.Combinations()
	if err != nil {
		t.Fatal(err)
	}
	cfg := settingsConfig{Planes: 32, Rate: 0.1, Activation: "relu"}
	cfg.Net.Blocks = 3
	want, err := config.Encode(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(all[1].Config); got != string(want) {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestCombinationsRefuse gives settings that are wrong; the error must name the parameter and what helps.
func TestCombinationsRefuse(t *testing.T) {
	for _, c := range []struct {
		settings string
		random   int
		words    []string
	}{
		{"plane=1,2", 0, []string{`no "plane"`, `did you mean "planes"?`}},
		{"block=1,2", 0, []string{`no "block"`, `did you mean "net.blocks"?`}},
		{"momentum=1", 0, []string{`no "momentum"`, "planes"}},
		{"planes", 0, []string{`"planes"`, "key=value"}},
		{"=1", 0, []string{`"=1"`, "key=value"}},
		{"planes=", 0, []string{"planes", "value 1 is empty"}},
		{"planes=1,,2", 0, []string{"planes", "value 2 is empty"}},
		{"planes=1,2,1", 0, []string{"planes", "1 is there twice"}},
		{"rate=0.001,1e-3", 0, []string{"rate", "1e-3 is there twice"}},
		{"planes=1,2 planes=3", 0, []string{"planes is given twice", "one list"}},
		{"planes=1 PLANES=3", 0, []string{"planes is given twice"}},
		{`net={"blocks":1},{"blocks":2} net.blocks=1,2`, 0, []string{"net and net.blocks", "one of them"}},
		{"planes=0.5", 0, []string{"planes", "0.5"}},
		{"planes=many", 0, []string{"planes", "many"}},
		{"norm=1", 0, []string{"norm", "1"}},
		{"planes=1..x", 0, []string{"planes", `"1..x"`, "planes=1..5"}},
		{"planes=5..1", 0, []string{"planes", "5..1", "lower end first"}},
		{"rate=1..1:lin:2", 0, []string{"rate", "goes nowhere"}},
		{"rate=0.1..0.5", 0, []string{"rate", "rate=0.1..0.5:lin:5"}},
		{"rate=0.1..0.5:cubic:5", 0, []string{"rate", `"cubic"`, "lin or log"}},
		{"rate=0..0.5:log:5", 0, []string{"rate", "above 0"}},
		{"rate=0.1..0.5:log:1", 0, []string{"rate", `"1"`, "from 2"}},
		{"rate=0.1..0.5:log:many", 0, []string{"rate", `"many"`}},
		{"rate=0.1..0.5:log", 0, []string{"rate", "count", "--random"}},
		{"rate=0.1..0.5:log,3", 1, []string{"rate", "stands alone"}},
		{"rate=NaN..1:lin:3", 0, []string{"rate", "no range"}},
		{"planes=1..4:log:3,2", 0, []string{"planes", "2 is there twice"}},
		{"planes=1..8:log:3", 0, []string{"planes", "whole numbers", "another count"}},
		{"planes=1..8:log", 5, []string{"planes", "whole numbers"}},
		{"seed=1..1000000", 0, []string{"seed", "more than 10000", "lin:10"}},
		{"seed=1..201", 0, []string{"201 runs", "--limit 201", "--random"}},
		{"seed=1..200 planes=1..200 rate=1..200 clip=1..200 decay=1..200 net.blocks=1..200", 0, []string{"--random"}},
		{"planes=1,2", 3, []string{"only 2 combinations"}},
		{"planes=1,2", -1, []string{"--random -1"}},
		{"seed=1..1000", 201, []string{"201 runs"}},
	} {
		_, _, err := Plan{Experiment: "settings", Settings: strings.Fields(c.settings), Random: c.random}.Combinations()
		if !errors.Is(err, journal.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", c.settings, err)
			continue
		}
		for _, w := range c.words {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v; it does not say %s", c.settings, err, w)
			}
		}
	}
	if _, _, err := (Plan{Experiment: "setings"}).Combinations(); !errors.Is(err, journal.ErrNotFound) || !strings.Contains(err.Error(), "settings") {
		t.Errorf("no such experiment: %v", err)
	}
	if _, _, err := (Plan{Experiment: "list", Settings: []string{"x=1"}}).Combinations(); !errors.Is(err, journal.ErrInvalid) {
		t.Errorf("a config that is a list: %v", err)
	}
}

// TestRandom draws: the same seed the same, another seed others, each once and within its range, and all of them when so many are asked for.
func TestRandom(t *testing.T) {
	draw := func(seed uint64, n int, settings ...string) (values [][]string) {
		_, all, err := Plan{Experiment: "settings", Settings: settings, Random: n, Seed: seed}.Combinations()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			values = append(values, c.Values)
		}
		return values
	}
	a, b, c := draw(1, 20, "rate=1e-4..1e-1:log", "planes=8,16"), draw(1, 20, "rate=1e-4..1e-1:log", "planes=8,16"), draw(2, 20, "rate=1e-4..1e-1:log", "planes=8,16")
	if !reflect.DeepEqual(a, b) || reflect.DeepEqual(a, c) {
		t.Errorf("seed 1 draws %v and %v, seed 2 %v", a, b, c)
	}
	below := 0
	for _, v := range a {
		var rate float64
		if _, err := fmt.Sscan(v[0], &rate); err != nil || rate < 1e-4 || rate > 1e-1 {
			t.Errorf("rate %s", v[0])
		}
		if rate < 3.2e-3 {
			below++
		}
	}
	if below < 5 || below > 15 { // half of a logarithmic range, by a fixed seed
		t.Errorf("%d of 20 in the lower half", below)
	}
	seen := map[string]bool{}
	for _, v := range draw(3, 6, "planes=1,2", "seed=1..3") {
		seen[strings.Join(v, " ")] = true
	}
	if len(seen) != 6 {
		t.Errorf("6 of 6 drawn: %v", seen)
	}
}
