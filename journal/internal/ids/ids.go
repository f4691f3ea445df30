// Package ids makes the ids of runs and entries.
package ids

import (
	"crypto/rand"
	"strings"

	"flowbook/journal/fault"
)

// idAlphabet is Crockford's base 32: no letter that looks like a digit. An id of 10 of them has 50 random bits.
const (
	Alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	Length   = 10
)

// New returns a new id of a run or an entry.
func New() string {
	b := make([]byte, Length)
	rand.Read(b)
	for i := range b {
		b[i] = Alphabet[b[i]%32]
	}
	return string(b)
}

// Check refuses an id that no run can have.
func Check(id string) error {
	if len(id) < 4 || len(id) > 64 {
		return fault.Invalid("the run's id %q must have 4 to 64 characters", id)
	}
	for _, c := range id {
		if !strings.ContainsRune(Alphabet, c) {
			return fault.Invalid("the run's id %q must be made of %s", id, Alphabet)
		}
	}
	return nil
}
