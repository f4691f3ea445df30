package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A row is a measurement as bench.json holds it, beside those of other rooms.
type row struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Ours  float64 `json:"ours"`
	Peer  float64 `json:"peer"`
	Who   string  `json:"peer_name"`
	Ratio float64 `json:"ratio"` // ours to theirs
}

const prefix = "journal-"

// rows are the measurements beside those of the peers.
func rows(ours result, theirs []result, listings []listing) (all []row) {
	for _, r := range theirs {
		all = append(all, row{prefix + "log-step", "µs", ours.Log, r.Log, r.Store, ours.Log / r.Log},
			row{prefix + "load-million", "s", ours.Load, r.Load, r.Store, ours.Load / r.Load})
	}
	mine := map[int]float64{}
	for _, l := range listings {
		if _, ok := mine[l.Runs]; !ok { // ours come first
			mine[l.Runs] = l.Seconds
			continue
		}
		all = append(all, row{fmt.Sprintf("%slist-%d", prefix, l.Runs), "s", mine[l.Runs], l.Seconds, l.Store, mine[l.Runs] / l.Seconds})
	}
	return all
}

// keep puts rows in the place of those of an earlier time, in $FLOWBOOK_HOME/bench.json. Without that variable they are only printed.
func keep(measured []row) error {
	home := os.Getenv("FLOWBOOK_HOME")
	if home == "" || len(measured) == 0 {
		return nil
	}
	path := filepath.Join(home, "bench.json")
	var before []json.RawMessage
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &before)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", path, err)
	}
	kept := []any{}
	for _, r := range before {
		var old row
		if err := json.Unmarshal(r, &old); err != nil || !strings.HasPrefix(old.Name, prefix) {
			kept = append(kept, r)
		}
	}
	for _, r := range measured {
		kept = append(kept, r)
	}
	text, err = json.MarshalIndent(kept, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
