package sweep

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/riverqueue/river/rivershared/levenshtein"

	"flowbook/journal"
	"flowbook/journal/config"
	"flowbook/journal/group"
)

// A field is a value of an experiment's config that a sweep can set.
type field struct {
	path          string
	number, whole bool // it takes numbers; whole ones only
	experiment    journal.Experiment
}

// fields are those of a config, by dotted path.
type fields map[string]field

// fieldsOf reads them off the experiment's defaults.
func fieldsOf(e journal.Experiment) (fields, error) {
	defaults, err := config.Encode(e.New())
	if err != nil {
		return nil, err
	}
	var top map[string]any
	d := json.NewDecoder(bytes.NewReader(defaults))
	d.UseNumber()
	if err := d.Decode(&top); err != nil {
		return nil, invalid("the experiment's config is no JSON object, so it has no parameters: %v", err)
	}
	all := fields{}
	var walk func(prefix string, tree map[string]any)
	walk = func(prefix string, tree map[string]any) {
		for name, v := range tree {
			f := field{path: prefix + name, experiment: e}
			takes := func(number string) bool { return config.Override(e.New(), f.path+"="+number) == nil }
			if _, isText := v.(string); !isText && takes("1") {
				f.number, f.whole = true, !takes("0.5")
			}
			all[f.path] = f
			if inner, ok := v.(map[string]any); ok {
				walk(f.path+".", inner)
			}
		}
	}
	walk("", top)
	return all, nil
}

// find finds a field by its path in any case; its error names the nearest.
func (all fields) find(key string) (field, error) {
	if f, ok := all[key]; ok {
		return f, nil
	}
	names := slices.Sorted(maps.Keys(all))
	for _, path := range names {
		if strings.EqualFold(path, key) {
			return all[path], nil
		}
	}
	if len(names) == 0 {
		return field{}, invalid("the experiment's config has no %q; it has no parameters at all", key)
	}
	nearest := slices.MinFunc(names, func(a, b string) int { return distance(key, a) - distance(key, b) })
	if distance(key, nearest) <= (len(key)+1)/2 {
		return field{}, invalid("the experiment's config has no %q; did you mean %q? It has %q", key, nearest, names)
	}
	return field{}, invalid("the experiment's config has no %q; it has %q", key, names)
}

// distance is how far a name is from another, in letters; the last part of a path may stand for the whole.
func distance(key, path string) int {
	key, path = strings.ToLower(key), strings.ToLower(path)
	last := path[strings.LastIndex(path, ".")+1:]
	return min(levenshtein.ComputeDistance(key, path), levenshtein.ComputeDistance(key, last))
}

// canonical is a value as the config writes it: 16 for 16.0, "a" for a. Its error says why the config does not take it.
func (f field) canonical(value string) (string, error) {
	cfg := f.experiment.New()
	if err := config.Override(cfg, f.path+"="+value); err != nil {
		return "", invalid("%s does not take %s: %s", f.path, value, reason(err))
	}
	raw, err := config.Encode(cfg)
	if err != nil {
		return "", err
	}
	return group.At(raw, f.path), nil
}

// reason is the text of an error of [journal.Override] without what stands before it.
func reason(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "journal: "+journal.ErrInvalid.Error()+": "), "config: ")
}
