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
	return fmt.Sprintf("; %d left out: %s", len(skipped), few(skipped, 3, "; "))
}

// few is the first most of a list, and how many more there are.
func few(list []string, most int, separator string) string {
	if more := len(list) - most; more > 0 {
		return fmt.Sprintf("%s%sand %d more", strings.Join(list[:most], separator), separator, more)
	}
	return strings.Join(list, separator)
}

// quoted is the first twelve names, as a message has them.
func quoted(names []string) string {
	const most = 12
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%q and %d more", names[:most], more)
	}
	return fmt.Sprintf("%q", names)
}
