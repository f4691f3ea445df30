// Command formulations times ways to write the same graph code on the backend of GOMLX_BACKEND: forward, and forward
// with the gradients of input and kernel. It answers which one a room should use, on the machine it runs on.
//
//	go run ./realnvp/bench/formulations
package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	_ "flowbook/realnvp/xla" // registers XLA, with its cache, and the pure Go backend
)

type shape struct{ batch, side, in, out int }

func main() {
	only := flag.String("only", ".", "pattern of the shapes and formulations to run, such as '16→16.*patches'")
	what := flag.String("what", "convolution", "what to time: convolution, kernel, norm")
	rounds := flag.Int("rounds", 12, "interleaved rounds; the smallest time counts")
	flag.Parse()
	backend, err := compute.New()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	pattern := regexp.MustCompile(*only)
	if *what == "norm" {
		timeNorms(backend, pattern, *rounds)
		return
	}
	if *what == "kernel" {
		timeKernelGradients(backend, pattern, *rounds)
		return
	}
	for _, s := range []shape{{50, 28, 1, 16}, {50, 28, 16, 1}, {50, 28, 1, 32}, {50, 28, 32, 1}, {50, 14, 4, 32}, {50, 14, 32, 4}, {50, 7, 8, 64}, {50, 7, 64, 8}, {20, 32, 3, 64}, {20, 32, 64, 3}, {20, 16, 12, 64}, {20, 16, 64, 12}, {50, 28, 16, 16}, {50, 28, 32, 32}, {50, 14, 64, 64}, {50, 7, 128, 128}} {
		var cases []*timing
		for _, f := range formulations {
			name := fmt.Sprintf("%d→%d, %d  %-22s", s.in, s.out, s.side, f.name)
			if !pattern.MatchString(name) {
				continue
			}
			if s.in > 4 && f.name == "taps" || s.out > 12 && strings.HasPrefix(f.name, "thin out") || s.in > 12 && s.out > 12 && f.name != "convolution" || s.in > 12 && strings.HasPrefix(f.name, "patch") {
				continue
			}
			cases = append(cases, newTiming(backend, name, s, f.fn))
		}
		for range *rounds {
			for _, c := range cases {
				c.round()
			}
		}
		for _, c := range cases {
			fmt.Printf("%s forward %7.2f  +gradients %7.2f  kernel's alone %7.2f | processor %7.2f %7.2f %7.2f\n",
				c.name, c.best[0], c.best[1], c.best[2], c.busy[0], c.busy[1], c.busy[2])
		}
	}
}

type timing struct {
	name  string
	execs [3]*graph.Exec
	x, k  *tensors.Tensor
	best  [3]float64 // wall, ms
	busy  [3]float64 // processor, ms
}

func newTiming(backend compute.Backend, name string, s shape, fn func(x, k *graph.Node) *graph.Node) *timing {
	t := &timing{name: name, best: [3]float64{math.Inf(1), math.Inf(1), math.Inf(1)}}
	t.x = ramp(s.batch, s.side, s.side, s.in)
	t.k = ramp(3, 3, s.in, s.out)
	t.execs[0] = graph.MustNewExec(backend, func(x, k *graph.Node) *graph.Node { return graph.ReduceAllMax(fn(x, k)) })
	t.execs[1] = graph.MustNewExec(backend, func(x, k *graph.Node) *graph.Node {
		y := fn(x, k)
		g := graph.Gradient(graph.ReduceAllSum(graph.Mul(y, graph.StopGradient(y))), x, k)
		return graph.Add(graph.ReduceAllMax(g[0]), graph.ReduceAllMax(g[1]))
	})
	t.execs[2] = graph.MustNewExec(backend, func(x, k *graph.Node) *graph.Node {
		y := fn(x, k)
		return graph.ReduceAllMax(graph.Gradient(graph.ReduceAllSum(graph.Mul(y, graph.StopGradient(y))), k)[0])
	})
	t.round()
	t.best = [3]float64{math.Inf(1), math.Inf(1), math.Inf(1)}
	t.busy = t.best
	return t
}

func (t *timing) round() {
	for i, e := range t.execs {
		start, busy := time.Now(), cpu()
		out := e.MustCall1(t.x, t.k)
		_ = tensors.ToScalar[float32](out)
		t.best[i] = math.Min(t.best[i], float64(time.Since(start).Nanoseconds())/1e6)
		t.busy[i] = math.Min(t.busy[i], cpu()-busy)
	}
}

func ramp(dims ...int) *tensors.Tensor {
	n := 1
	for _, d := range dims {
		n *= d
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(math.Sin(float64(i)))
	}
	return tensors.FromFlatDataAndDimensions(v, dims...)
}

// cpu is the processor time of this process so far, in ms: a steadier measure than the clock on a machine that is busy.
func cpu() float64 {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e6
}

func timeKernelGradients(backend compute.Backend, pattern *regexp.Regexp, rounds int) {
	for _, s := range []shape{{50, 28, 16, 16}, {50, 28, 32, 32}, {50, 14, 64, 64}, {50, 7, 128, 128}} {
		var cases []*unary
		for _, f := range kernelGradients {
			name := fmt.Sprintf("%d→%d, %d  %-14s", s.in, s.out, s.side, f.name)
			if pattern.MatchString(name) {
				cases = append(cases, newUnary(backend, name, ramp(s.batch, s.side, s.side, s.in), ramp(s.batch, s.side, s.side, s.out), f.fn))
			}
		}
		for range rounds {
			for _, c := range cases {
				c.round()
			}
		}
		for _, c := range cases {
			fmt.Printf("%s %7.2f ms | processor %7.2f ms\n", c.name, c.best, c.busy)
		}
	}
}

type unary struct {
	name       string
	exec       *graph.Exec
	x, v       *tensors.Tensor
	best, busy float64
}

func newUnary(backend compute.Backend, name string, x, v *tensors.Tensor, fn func(x, v *graph.Node) *graph.Node) *unary {
	u := &unary{name: name, x: x, v: v}
	u.exec = graph.MustNewExec(backend, func(x, v *graph.Node) *graph.Node { return graph.ReduceAllMax(fn(x, v)) })
	u.round()
	u.best, u.busy = math.Inf(1), math.Inf(1)
	return u
}

func (u *unary) round() {
	start, busy := time.Now(), cpu()
	_ = tensors.ToScalar[float32](u.exec.MustCall1(u.x, u.v))
	u.best = math.Min(u.best, float64(time.Since(start).Nanoseconds())/1e6)
	u.busy = math.Min(u.busy, cpu()-busy)
}

func timeNorms(backend compute.Backend, pattern *regexp.Regexp, rounds int) {
	for _, s := range []shape{{50, 28, 16, 0}, {50, 28, 1, 0}, {50, 14, 64, 0}} {
		var cases []*unary
		for _, f := range norms {
			name := fmt.Sprintf("%d, %d  %-24s", s.in, s.side, f.name)
			if !pattern.MatchString(name) {
				continue
			}
			x := ramp(s.batch, s.side, s.side, s.in)
			cases = append(cases, newUnary(backend, name+" forward", x, x, func(x, _ *graph.Node) *graph.Node { return f.fn(x) }),
				newUnary(backend, name+" +gradient", x, x, func(x, v *graph.Node) *graph.Node {
					y := f.fn(x)
					return graph.Gradient(graph.ReduceAllSum(graph.Mul(y, graph.Add(graph.StopGradient(y), v))), x)[0]
				}))
		}
		for range rounds {
			for _, c := range cases {
				c.round()
			}
		}
		for _, c := range cases {
			fmt.Printf("%s %7.2f ms | processor %7.2f ms\n", c.name, c.best, c.busy)
		}
	}
}
