package front

import (
	_ "embed"
	"slices"
	"strings"
)

// leftOut are the settings of Go's that a reader has for other modules and that would keep the cells' own from being built:
// variables, and flags in GOFLAGS. Set-up leaves out the same (.ci/steps/machine.py).
//
//go:embed leftout.txt
var leftOut string

// environment is what GoNB and the cells find in theirs: this process's, but for what is left out.
func environment(own []string) []string {
	isLeftOut := func(setting string) bool {
		name, _, _ := strings.Cut(setting, "=")
		if flag, isFlag := strings.CutPrefix(name, "--"); isFlag {
			name = "-" + flag
		}
		return slices.Contains(strings.Fields(leftOut), name)
	}
	env := slices.DeleteFunc(slices.Clone(own), isLeftOut)
	for i, v := range env {
		if flags, ok := strings.CutPrefix(v, "GOFLAGS="); ok {
			env[i] = "GOFLAGS=" + strings.Join(slices.DeleteFunc(strings.Fields(flags), isLeftOut), " ")
		}
	}
	return env
}
