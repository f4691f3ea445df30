package net_test

import (
	"testing"

	"flowbook/realnvp/xla"
)

func TestMain(m *testing.M) {
	xla.CompileFast()
	m.Run()
}
