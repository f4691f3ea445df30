package front

import (
	"slices"
	"testing"
)

func TestEnvironment(t *testing.T) {
	own := []string{"A=1", "GOWORK=off", "GO111MODULE=off", "GOFLAGS=-mod=mod -tags=x --modfile=y -modcacherw", "GOPROXY=off"}
	if got, want := environment(own), []string{"A=1", "GOFLAGS=-tags=x -modcacherw", "GOPROXY=off"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if own[1] != "GOWORK=off" {
		t.Error("it changes what it is given")
	}
}
