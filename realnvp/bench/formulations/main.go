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
	"time"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/gomlx/backends/default"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

type shape struct{ batch, side, in, out int }

func main() {
	only := flag.String("only", ".", "pattern of the shapes and formulations to run, such as '16→16.*patches'")
	rounds := flag.Int("rounds", 12, "interleaved rounds; the smallest time counts")
	flag.Parse()
	backend, err := compute.New()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	pattern := regexp.MustCompile(*only)
	for _, s := range []shape{{50, 28, 1, 16}, {50, 28, 1, 32}, {50, 28, 16, 1}, {50, 28, 16, 16}, {50, 28, 32, 32}, {50, 14, 4, 32}, {50, 14, 32, 4}, {50, 14, 64, 64}, {50, 7, 64, 64}} {
		var cases []*timing
		for _, f := range formulations {
			name := fmt.Sprintf("%d→%d, %d  %-22s", s.in, s.out, s.side, f.name)
			if !pattern.MatchString(name) {
				continue
			}
			if f.name == "taps" && s.in > 4 {
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
			fmt.Printf("%s forward %7.2f ms  forward+gradients %7.2f ms  (kernel alone %7.2f)\n", c.name, c.best[0], c.best[1], c.best[2])
		}
	}
}

type timing struct {
	name  string
	execs [3]*graph.Exec
	x, k  *tensors.Tensor
	best  [3]float64
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
	return t
}

func (t *timing) round() {
	for i, e := range t.execs {
		start := time.Now()
		out := e.MustCall1(t.x, t.k)
		_ = tensors.ToScalar[float32](out)
		t.best[i] = math.Min(t.best[i], float64(time.Since(start).Nanoseconds())/1e6)
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
