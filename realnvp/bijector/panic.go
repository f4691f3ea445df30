package bijector

import "fmt"

// panicf stops the building of a graph, as GoMLX's own graph code does; package realnvp makes an error of it.
func panicf(format string, args ...any) { panic(fmt.Errorf("bijector: "+format, args...)) }
