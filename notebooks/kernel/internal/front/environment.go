package front

import (
	"slices"
	"strings"
)

// environment is what GoNB and the cells find in theirs: this process's, but for settings of Go's that a reader has for other
// modules and that would keep the cells' own from being built.
func environment(own []string) []string {
	env := slices.DeleteFunc(slices.Clone(own), func(v string) bool {
		return strings.HasPrefix(v, "GOWORK=") || strings.HasPrefix(v, "GO111MODULE=")
	})
	for i, v := range env {
		if flags, ok := strings.CutPrefix(v, "GOFLAGS="); ok {
			kept := slices.DeleteFunc(strings.Fields(flags), func(flag string) bool {
				return strings.HasPrefix(strings.TrimLeft(flag, "-"), "mod=") || strings.HasPrefix(strings.TrimLeft(flag, "-"), "modfile=")
			})
			env[i] = "GOFLAGS=" + strings.Join(kept, " ")
		}
	}
	return env
}
