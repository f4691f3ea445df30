package record

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"flowbook/journal/config"
)

// Labels names runs by what tells them apart, as a legend does: by their names, else by up to three config values that are not the same in
// all ("lr=0.02, planes=32"), the experiment before them where that differs. Runs that are the same in all of it are told apart by their ids.
func Labels(runs []*Run) []string {
	paths := Differing(runs, 3)
	experiments, labels := map[string]bool{}, make([]string, len(runs))
	for _, r := range runs {
		experiments[r.Experiment] = true
	}
	count := map[string]int{}
	for i, r := range runs {
		var parts []string
		if len(experiments) > 1 {
			parts = append(parts, r.Experiment)
		}
		flat := config.Flatten(r.Config)
		for _, path := range paths {
			if v, ok := flat[path]; ok {
				name := path[strings.LastIndexByte(path, '.')+1:]
				if slices.ContainsFunc(paths, func(p string) bool { return p != path && strings.HasSuffix(p, "."+name) }) || strings.ContainsAny(name, `'"`) {
					name = path
				}
				parts = append(parts, name+"="+config.Text(v))
			}
		}
		labels[i] = cmp.Or(r.Name, strings.Join(parts, ", "))
		count[labels[i]]++
	}
	for i, r := range runs {
		if labels[i] == "" {
			labels[i] = r.Experiment + " " + r.ID[:min(6, len(r.ID))]
		} else if count[labels[i]] > 1 {
			labels[i] += " " + r.ID[:min(6, len(r.ID))]
		}
	}
	return labels
}

// Differing names up to n config values, by their paths, that are not the same in all runs: those that most runs have, a seed last.
func Differing(runs []*Run, n int) []string {
	type spread struct {
		first   any
		runs    int
		differs bool
	}
	all := map[string]*spread{}
	for _, r := range runs {
		for path, v := range config.Flatten(r.Config) {
			s := all[path]
			if s == nil {
				s = &spread{first: v}
				all[path] = s
			}
			s.runs++
			s.differs = s.differs || v != s.first
		}
	}
	maps.DeleteFunc(all, func(_ string, s *spread) bool { return !s.differs && s.runs == len(runs) })
	isSeed := func(path string) int {
		if strings.EqualFold(path[strings.LastIndexByte(path, '.')+1:], "seed") {
			return 1
		}
		return 0
	}
	paths := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(isSeed(a), isSeed(b)), cmp.Compare(all[b].runs, all[a].runs), strings.Compare(a, b))
	})
	return paths[:min(n, len(paths))]
}

// ConfigTexts are values of a run's config by their paths as people write them, "" for those that it has not.
func (r *Run) ConfigTexts(paths []string) []string {
	texts := make([]string, len(paths))
	if len(paths) == 0 {
		return texts
	}
	flat := config.Flatten(r.Config)
	for i, path := range paths {
		if v, ok := flat[path]; ok {
			texts[i] = config.Text(v)
		}
	}
	return texts
}
