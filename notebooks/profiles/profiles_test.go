package profiles_test

import (
	"testing"

	"flowbook/notebooks/profiles"
)

func TestFromEnv(t *testing.T) {
	t.Setenv("FLOWBOOK_PROFILE", "fast")
	if _, err := profiles.FromEnv(profiles.Quick); err == nil {
		t.Error("the profile \"fast\" was taken")
	}
	t.Setenv("FLOWBOOK_PROFILE", "")
	if p, err := profiles.FromEnv(profiles.CPU); err != nil || p != profiles.CPU {
		t.Errorf("no profile gives %q, %v; want cpu", p, err)
	}
}

func TestShortened(t *testing.T) {
	for text, want := range map[string]int{"": 1, "1": 1, "5": 5} {
		t.Setenv("FLOWBOOK_SHORTEN", text)
		if by, err := profiles.Shortened(); err != nil || by != want {
			t.Errorf("%q: %d, %v; want %d", text, by, err, want)
		}
	}
	for _, text := range []string{"0", "-2", "half"} {
		t.Setenv("FLOWBOOK_SHORTEN", text)
		if _, err := profiles.Shortened(); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
