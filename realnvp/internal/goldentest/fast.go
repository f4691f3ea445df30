package goldentest

import "os"

// CompileFast asks XLA to compile without optimising, for tests that compile many graphs and compute little; that
// halves their time. To be called in TestMain, before a backend opens. Where XLA_FLAGS is set it has its say.
func CompileFast() {
	if os.Getenv("XLA_FLAGS") == "" {
		os.Setenv("XLA_FLAGS", "--xla_backend_optimization_level=0")
	}
}
