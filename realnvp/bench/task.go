package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"syscall"
	"time"

	"flowbook/realnvp"
)

// task is one measured piece of work on the model of a checkpoint.
type task struct {
	checkpoint string
	data       []float32
	batch      int
	rate       float64
}

var errDone = errors.New("no more lines")

// step trains: a line lets one step run, the first one with the compilation of the step.
func (t task) step() error {
	backend, err := realnvp.OpenBackend("")
	if err != nil {
		return err
	}
	watch := &stopwatch{Backend: backend}
	m, err := realnvp.Load(t.checkpoint, realnvp.WithBackend(watch))
	if err != nil {
		return err
	}
	c := startClock()
	c.watch = watch
	if !c.next() {
		return c.end()
	}
	config := t.training(math.MaxInt32)
	config.OnStep = func(info realnvp.StepInfo) error {
		c.done(info.Loss)
		if !c.next() {
			return errDone
		}
		return nil
	}
	source := &cycle{x: t.data[:t.batch*m.Dim()], size: t.batch * m.Dim()}
	if _, err := m.Train(context.Background(), source, config); !errors.Is(err, errDone) {
		return err
	}
	return c.end()
}

// sample draws samples.
func (t task) sample() error {
	m, err := realnvp.Load(t.checkpoint, realnvp.WithEvalBatch(t.batch))
	if err != nil {
		return err
	}
	c := startClock()
	for seed := uint64(1); c.next(); seed++ {
		x, err := m.Sample(context.Background(), t.batch, realnvp.SampleConfig{Seed: seed})
		if err != nil {
			return err
		}
		sum := 0.0
		for _, v := range x {
			sum += float64(v)
		}
		c.done(sum / float64(len(x)))
	}
	return c.end()
}

// train takes 1,000 steps from the checkpoint, loading and compiling included.
func (t task) train() error {
	c := startClock()
	for c.next() {
		m, err := realnvp.Load(t.checkpoint)
		if err != nil {
			return err
		}
		config, last := t.training(1000), 0.0
		config.OnStep = func(info realnvp.StepInfo) error { last = info.Loss; return nil }
		if _, err := m.Train(context.Background(), &cycle{x: t.data, size: t.batch * m.Dim()}, config); err != nil {
			return err
		}
		c.done(last)
	}
	return c.end()
}

func (t task) training(steps int) realnvp.TrainConfig {
	return realnvp.TrainConfig{Steps: steps, LearningRate: t.rate, NoDequantize: true}
}

// cycle is a Source that goes through x in order, again and again: each peer sees the same batches.
type cycle struct {
	x        []float32
	size, at int
}

func (c *cycle) Next() (x []float32, labels []int, position []byte, err error) {
	x = c.x[c.at : c.at+c.size]
	c.at = (c.at + c.size) % len(c.x)
	return x, nil, []byte(fmt.Sprint(c.at)), nil
}

func (c *cycle) Seek(position []byte) error {
	_, err := fmt.Sscan(string(position), &c.at)
	return err
}

// clock speaks the protocol of peers/worker.py on standard input and output.
type clock struct {
	in    *bufio.Scanner
	out   *json.Encoder
	start time.Time
	busy  float64
	watch *stopwatch // a training's; another task leaves it at 0
}

func startClock() *clock {
	c := &clock{in: bufio.NewScanner(os.Stdin), out: json.NewEncoder(os.Stdout), watch: new(stopwatch)}
	_ = c.out.Encode(map[string]bool{"ready": true})
	return c
}

// next waits for a line and starts the clock; false at the end of the input.
func (c *clock) next() bool {
	if !c.in.Scan() {
		return false
	}
	c.start, c.busy, c.watch.inside = time.Now(), usage().busy, 0
	return true
}

// done says how long the work took by the clock and by the processors, and what came of it.
func (c *clock) done(value float64) {
	answer := map[string]any{"seconds": time.Since(c.start).Seconds(), "cpu": usage().busy - c.busy,
		"inside": c.watch.inside.Seconds(), "value": nil}
	if !math.IsNaN(value) && !math.IsInf(value, 0) {
		answer["value"] = value
	}
	_ = c.out.Encode(answer)
}

func (c *clock) end() error { return c.out.Encode(map[string]int64{"rss": usage().peak}) }

type used struct {
	busy float64 // processor seconds
	peak int64   // bytes
}

func usage() used {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return used{float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9, r.Maxrss * 1024}
}

func readFloats(path string) ([]float32, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	x := make([]float32, len(raw)/4)
	_, err = binary.Decode(raw, binary.LittleEndian, x)
	return x, err
}
