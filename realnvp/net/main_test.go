package net_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"flowbook/realnvp/xla"
)

// seed draws the parameters and data of TestNets: the clock's, and printed, so that a failure can be tried again.
var seed = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the draws of TestNets")

func TestMain(m *testing.M) {
	xla.CompileFast()
	flag.Parse()
	fmt.Printf("seed=%d\n", *seed)
	m.Run()
}
