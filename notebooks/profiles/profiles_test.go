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
