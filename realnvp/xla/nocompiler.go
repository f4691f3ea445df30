//go:build !(((linux && (amd64 || arm64)) || (darwin && arm64)) && !noxla)

package xla

import "github.com/gomlx/compute"

// Compiler says what turns programs into machine code; where XLA is not to be had that is "".
func Compiler(compute.Backend) string { return "" }
