package profiles

import (
	"fmt"
	"os"
	"strconv"
)

// Shortened is how many times shorter than its profile says the training of a cell is: what FLOWBOOK_SHORTEN says, and 1
// where it says nothing. `make test` sets it, whose trainings nobody looks at.
func Shortened() (int, error) {
	text := os.Getenv("FLOWBOOK_SHORTEN")
	if text == "" {
		return 1, nil
	}
	by, err := strconv.Atoi(text)
	if err != nil || by < 1 {
		return 1, fmt.Errorf("profiles: FLOWBOOK_SHORTEN is %q; it must be a whole number from 1", text)
	}
	return by, nil
}
