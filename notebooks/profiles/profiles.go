// Package profiles says how much time a notebook may take. It imports nothing of ours, since every cell of a notebook links it.
package profiles

import (
	"fmt"
	"os"
)

// Profile says how much time an experiment may take.
type Profile string

// The profiles.
const (
	// Quick takes minutes on two CPU cores; CI runs it with its trainings shortened (see Shortened).
	Quick Profile = "quick"
	// CPU takes about an hour a notebook on two cores.
	CPU Profile = "cpu"
	// Full wants a GPU.
	Full Profile = "full"
)

// FromEnv reads FLOWBOOK_PROFILE; empty means otherwise. Another word than quick, cpu or full is an error.
func FromEnv(otherwise Profile) (Profile, error) {
	switch p := Profile(os.Getenv("FLOWBOOK_PROFILE")); p {
	case "":
		return otherwise, nil
	case Quick, CPU, Full:
		return p, nil
	default:
		return otherwise, fmt.Errorf("profiles: FLOWBOOK_PROFILE is %q; it must be quick, cpu or full", p)
	}
}

// Name of an experiment under a profile: "mnist" and Quick make "mnist-quick".
func (p Profile) Name(experiment string) string { return experiment + "-" + string(p) }
