// Command bench is the Go side of run.py: it makes the models that are measured, and does our part of each task once
// for each line it reads, as peers/worker.py does for JAX and PyTorch.
//
//	bench new NAME CHECKPOINT                       writes a fresh model: small, large, mnist, cifar10 or toy2d
//	bench step CHECKPOINT BATCH_FILE BATCH RATE     one training step a line; the first one compiles
//	bench loop CHECKPOINT BATCH_FILE BATCH RATE     the same, compiled for a training that takes long (xla.CompileForLong)
//	bench sample CHECKPOINT - 64 0                  one set of samples a line
//	bench train CHECKPOINT POINTS_FILE 1000 RATE    1,000 steps over the points a line, from the start
package main

import (
	"fmt"
	"os"
	"strconv"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/preset"
	"flowbook/realnvp/xla"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 3 && args[0] == "new" {
		net, found := nets()[args[1]]
		if !found {
			return fmt.Errorf("bench: no net %q", args[1])
		}
		m, err := realnvp.New(net.flow, net.shape...)
		if err != nil {
			return err
		}
		return m.Save(args[2])
	}
	if len(args) != 5 {
		return fmt.Errorf("usage: bench new NAME CHECKPOINT | bench step|loop|sample|train CHECKPOINT FILE BATCH RATE")
	}
	t := task{checkpoint: args[1]}
	var err error
	if t.batch, err = strconv.Atoi(args[3]); err != nil {
		return err
	}
	if t.rate, err = strconv.ParseFloat(args[4], 64); err != nil {
		return err
	}
	if args[2] != "-" {
		if t.data, err = readFloats(args[2]); err != nil {
			return err
		}
	}
	switch args[0] {
	case "step":
		return t.step()
	case "loop":
		xla.CompileForLong()
		return t.step()
	case "sample":
		return t.sample()
	case "train":
		return t.train()
	}
	return fmt.Errorf("bench: no task %q", args[0])
}

// measured are the models: a flow and the shape of its samples.
type measured struct {
	flow  bijector.Chain
	shape []realnvp.Option
}

// nets are the measured models. small and large are the author's MNIST net cut down to what a CPU trains in minutes.
func nets() map[string]measured {
	digits := []realnvp.Option{realnvp.Image(28, 28, 1), realnvp.Pixels()}
	return map[string]measured{
		"small":   {author(0, 6, 16, 1), digits},
		"large":   {author(2, 4, 32, 2), digits},
		"mnist":   {preset.MNIST(), digits},
		"cifar10": {preset.CIFAR10(), []realnvp.Option{realnvp.Image(32, 32, 3), realnvp.Pixels()}},
		"toy2d":   {preset.Toy2D(), []realnvp.Option{realnvp.Vector(2)}},
	}
}

// author is preset.MNIST of other sizes.
func author(levels, final, planes, blocks int) bijector.Chain {
	m := preset.Author(levels, planes, blocks)
	m.Final = final
	return append(bijector.Chain{{Name: "scale255", Bijector: bijector.Scale{By: 255}}}, m.Flow(28, 28, 1)...)
}
