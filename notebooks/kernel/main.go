// Kernel is the Jupyter kernel `flowbook`: the process that Jupyter starts, between it and GoNB, and the one that runs the
// program of a cell, between it and GoNB. Set-up builds it and writes the commands that start it.
//
//	kernel serve CONNECTION-FILE HOME BESIDE GONB [ARGUMENT…]
//	kernel cell [-asks] PROGRAM [ARGUMENT…]
//	kernel survive FOLDER
package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"

	"flowbook/notebooks/kernel/internal/cell"
	"flowbook/notebooks/kernel/internal/front"
)

func main() {
	// What is started here ends with this thread, on Linux; so it must not be given up.
	runtime.LockOSThread()
	os.Exit(run(os.Args[1:]))
}

func run(arguments []string) int {
	switch {
	case len(arguments) >= 5 && arguments[0] == "serve":
		return serve(arguments[1], arguments[2], arguments[3], arguments[4:])
	case len(arguments) >= 3 && arguments[0] == "cell" && arguments[1] == "-asks":
		return cell.Run(cell.Asked, arguments[2], arguments[3:]...)
	case len(arguments) >= 2 && arguments[0] == "cell":
		return cell.Run(cell.Ended, arguments[1], arguments[2:]...)
	case len(arguments) == 2 && arguments[0] == "survive": // started by the kernel
		return front.Survive(arguments[1])
	}
	fmt.Fprintln(os.Stderr, "usage: kernel serve CONNECTION-FILE HOME BESIDE GONB [ARGUMENT…] | kernel cell [-asks] PROGRAM [ARGUMENT…]")
	return 2
}

// serve is the kernel. Jupyter's interrupt comes as a message; as a signal it is for the cells.
func serve(connection, home, beside string, gonb []string) int {
	signal.Notify(make(chan os.Signal, 1), os.Interrupt) // not ignored: what is started would ignore it too
	code, err := front.Run(front.Config{Connection: connection, GoNB: gonb, Home: home, Beside: beside})
	if err != nil {
		fmt.Fprintln(os.Stderr, "flowbook kernel:", err)
	}
	return code
}
