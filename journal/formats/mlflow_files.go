package formats

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"flowbook/journal"
	"flowbook/journal/record"
)

// files copies figures, artifacts, checkpoints and sources, in a folder for each kind.
func (m mlflowRun) files(ctx context.Context) error {
	kinds := map[string]map[string]journal.Artifact{}
	for _, list := range [][]journal.Artifact{m.r.Figures, m.r.Artifacts, m.r.Checkpoints, m.r.Sources} {
		for _, a := range list {
			name := a.Name
			if a.Step != record.NoStep {
				name += fmt.Sprintf("_step%d", a.Step)
			}
			if filepath.Ext(name) == "" {
				name += extension(a.MIME)
			}
			if kinds[a.Kind] == nil {
				kinds[a.Kind] = map[string]journal.Artifact{}
			}
			if _, taken := kinds[a.Kind][name]; taken { // a figure x beside a figure x.png
				name = fmt.Sprintf("%s of %s%s", name, a.MIME, filepath.Ext(name))
			}
			kinds[a.Kind][name] = a
		}
	}
	for kind, all := range kinds {
		for name, path := range ownPaths(slices.Collect(maps.Keys(all)), ". ") {
			if err := m.j.Extract(ctx, all[name], filepath.Join(m.dir, "artifacts", kind, path)); err != nil {
				return err
			}
		}
	}
	return nil
}

func extension(mime string) string {
	mime, _, _ = strings.Cut(mime, ";")
	known := []string{"image/png", ".png", "image/svg+xml", ".svg", "image/jpeg", ".jpg", "text/html", ".html", "text/plain", ".txt", "application/json", ".json"}
	if i := slices.Index(known, mime); i >= 0 {
		return known[i+1]
	}
	return ""
}
