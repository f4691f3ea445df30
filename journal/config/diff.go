package config

import (
	"encoding/json"
	"maps"
	"slices"
)

// A Row is a config value that is not the same in all runs; a value is "" where the run does not have it.
type Row struct {
	Path   string   `json:"path"`
	Values []string `json:"values"`
}

// Diff lists the values, by dotted path, that are not the same in all configs.
func Diff(configs ...json.RawMessage) []Row {
	flats := make([]map[string]any, len(configs))
	paths := map[string]bool{}
	for i, c := range configs {
		flats[i] = Flatten(c)
		for path := range flats[i] {
			paths[path] = true
		}
	}
	var rows []Row
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		row := Row{Path: path}
		differ := false
		first, had := flats[0][path]
		for _, flat := range flats {
			v, has := flat[path]
			differ = differ || has != had || v != first
			if has {
				row.Values = append(row.Values, Text(v))
			} else {
				row.Values = append(row.Values, "")
			}
		}
		if differ {
			rows = append(rows, row)
		}
	}
	return rows
}
