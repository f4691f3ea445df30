// Command bench is the Go side of toys.py, which compares the package's toys with scikit-learn's.
//
//	bench draw NAME N SEED    writes N unscaled points of the toy, one "x y" a line
//	bench nll NAME            reads such points and writes the mean −log p of the exact density, in nats
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"

	"flowbook/data"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: bench draw NAME N SEED | bench nll NAME")
	}
	toy, err := data.ToyNamed(args[1])
	if err != nil {
		return err
	}
	if args[0] == "nll" {
		return nll(toy)
	}
	if len(args) != 4 {
		return fmt.Errorf("usage: bench draw NAME N SEED")
	}
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	seed, err := strconv.ParseUint(args[3], 10, 64)
	if err != nil {
		return err
	}
	points, err := toy.Sample(n, seed)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	for i := range points.Len() {
		x, y := points.XY(i)
		fmt.Fprintln(out, x, y)
	}
	return out.Flush()
}

func nll(toy data.Toy) error {
	sum, n := 0.0, 0
	for in := bufio.NewScanner(os.Stdin); in.Scan(); n++ {
		var x, y float64
		if _, err := fmt.Sscan(in.Text(), &x, &y); err != nil {
			return fmt.Errorf("line %d: %w", n+1, err)
		}
		sum -= toy.LogDensity(x, y)
	}
	fmt.Println(sum / float64(n))
	return nil
}
