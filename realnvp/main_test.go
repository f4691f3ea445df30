package realnvp_test

import (
	"testing"

	"flowbook/realnvp/internal/goldentest"
)

func TestMain(m *testing.M) {
	goldentest.CompileFast()
	m.Run()
}
