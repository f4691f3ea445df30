// Package experiment holds the experiments of the notebooks: each is one function of (context, run, config), which a
// cell, the command `journal run` and a replay all call. It also holds what two cells would have to share.
package experiment

import (
	"fmt"
	"os"
)

// Profile says how much time an experiment may take.
type Profile string

// The profiles.
const (
	// Quick takes minutes on two CPU cores; it is what CI runs.
	Quick Profile = "quick"
	// CPU takes about an hour a notebook on two cores.
	CPU Profile = "cpu"
	// Full wants a GPU.
	Full Profile = "full"
)

// ProfileFromEnv reads FLOWBOOK_PROFILE; empty means otherwise. Another word than quick, cpu or full is an error.
func ProfileFromEnv(otherwise Profile) (Profile, error) {
	switch p := Profile(os.Getenv("FLOWBOOK_PROFILE")); p {
	case "":
		return otherwise, nil
	case Quick, CPU, Full:
		return p, nil
	default:
		return otherwise, fmt.Errorf("experiment: FLOWBOOK_PROFILE is %q; it must be quick, cpu or full", p)
	}
}

// Name of an experiment under a profile: "mnist" and Quick make "mnist-quick".
func (p Profile) Name(experiment string) string { return experiment + "-" + string(p) }
