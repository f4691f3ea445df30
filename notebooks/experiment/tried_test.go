package experiment

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"flowbook/journal"
	"flowbook/journal/config"
)

// What an entry says repeats it, is a registered experiment with settings that its config has.
func TestWhatWasTriedCanBeRepeated(t *testing.T) {
	command := regexp.MustCompile("`journal run ([^`]+)`")
	for _, e := range Tried {
		commands := command.FindAllStringSubmatch(e.Body, -1)
		if len(commands) == 0 || e.Date.IsZero() {
			t.Errorf("%s: it does not say how it is repeated, or when it was", e.Title)
		}
		for _, c := range commands {
			words := strings.Fields(c[1])
			x, err := journal.Lookup(words[0])
			if err != nil {
				t.Errorf("%s: %v", e.Title, err)
				continue
			}
			cfg := x.New()
			if err := config.Override(cfg, words[1:]...); err != nil {
				t.Errorf("%s: %v", e.Title, err)
			}
			if c, is := cfg.(*Images); !is {
				t.Errorf("%s: %T", e.Title, cfg)
			} else if err := c.Train.Validate(); err != nil && !strings.Contains(err.Error(), "CheckpointEvery") { // which a run sets
				t.Errorf("%s: %v", e.Title, err)
			}
		}
	}
}

func TestTriedIsWrittenOnce(t *testing.T) {
	t.Setenv("FLOWBOOK_JOURNAL", t.TempDir()+"/journal.db")
	for range 2 {
		if err := ShowTried(); err != nil {
			t.Fatal(err)
		}
	}
	j, err := journal.OpenDefault()
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	entries, err := j.Entries(context.Background(), DiaryTag)
	if err != nil || len(entries) != len(Tried) || entries[0].Title != Tried[0].Title {
		t.Errorf("%d entries for %d, %v", len(entries), len(Tried), err)
	}
}
