// Plugin puts XLA's plugin for the CPU, as GoMLX's own installer has it for this platform, into the folder it is given.
// Set-up runs it where PyPI has no plugin.
package main

import (
	"fmt"
	"os"

	"github.com/gomlx/go-xla/installer"
)

func main() {
	if err := installer.CPUAutoInstall(os.Args[1], false, installer.Quiet); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n", err)
		os.Exit(1)
	}
}
