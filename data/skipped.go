package data

import (
	"fmt"
	"strings"
)

// leftOut says what a set left out, for the end of its line: the first three of Skipped, and how many there are.
func leftOut(skipped []string) string {
	if len(skipped) == 0 {
		return ""
	}
	first := skipped[:min(3, len(skipped))]
	more := ""
	if n := len(skipped) - len(first); n > 0 {
		more = fmt.Sprintf("; and %d more", n)
	}
	return fmt.Sprintf("; %d left out: %s%s", len(skipped), strings.Join(first, "; "), more)
}
