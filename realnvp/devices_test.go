package realnvp_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
)

// spreadCase is a training to run on one device and on several.
type spreadCase struct {
	name    string
	flow    bijector.Chain
	opts    []realnvp.Option
	train   realnvp.TrainConfig
	x       []float32
	labels  []int
	devices []int
}

func spreadCases() []spreadCase {
	plain := realnvp.TrainConfig{Steps: 8, LearningRate: 1e-3, Seed: 5}
	all := plain
	all.Accumulate, all.EMA, all.ClipNorm, all.Validation, all.ValidateEvery = 2, 0.9, 0.5, gaussian(20, 9), 4
	norms := toy(4, func() bijector.Bijector { return &bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-5} })
	paper := images(bijector.Scale{By: 255}, net.ResNet{WeightNorm: true, Norm: net.NetBatchNorm}, bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-5, ByBatch: true})
	vector, image := []realnvp.Option{realnvp.Vector(2)}, []realnvp.Option{realnvp.Image(4, 4, 1), realnvp.Pixels()}
	labels := make([]int, 120)
	for i := range labels {
		labels[i] = i % 3
	}
	return []spreadCase{
		{name: "toy2d-norm", flow: norms, opts: vector, train: all, x: gaussian(120, 1), devices: []int{2, 4}},
		{name: "toy2d-classes", flow: smallToy(), opts: append(vector, realnvp.Classes(3)), train: plain, x: gaussian(120, 1), labels: labels, devices: []int{2}},
		{name: "images", flow: smallImages(), opts: image, train: plain, x: squares(120, 1), devices: []int{2}},
		{name: "images-batch-norm", flow: paper, opts: image, train: plain, x: squares(120, 1), devices: []int{2}},
	}
}

// run trains a fresh model of the case and gives it with the losses and gradient norms of its steps.
func (c spreadCase) run(t *testing.T, m *realnvp.Model, devices, steps int) (curve []float64) {
	t.Helper()
	src, err := realnvp.NewPoints(c.x, c.labels, m.Dim(), 24, 1)
	if err != nil {
		t.Fatal(err)
	}
	c.train.Devices, c.train.Steps = devices, steps
	c.train.OnStep = func(s realnvp.StepInfo) error {
		curve = append(curve, s.Loss, s.GradNorm)
		return nil
	}
	c.train.OnValidation = func(v realnvp.ValidationInfo) error {
		curve = append(curve, v.NLL)
		return nil
	}
	if _, err := m.Train(context.Background(), src, c.train); err != nil {
		t.Fatalf("%d devices: %v", devices, err)
	}
	return curve
}

// TestSeveralDevicesTrainAsOne compares losses, gradient norms, validations and running moments.
func TestSeveralDevicesTrainAsOne(t *testing.T) {
	needDevices(t, 4)
	for _, c := range spreadCases() {
		t.Run(c.name, func(t *testing.T) {
			one := mustNew(t, c.flow, c.opts...)
			want := c.run(t, one, 1, c.train.Steps)
			for _, devices := range c.devices {
				m := mustNew(t, c.flow, c.opts...)
				got := c.run(t, m, devices, c.train.Steps)
				agree(t, fmt.Sprintf("curve on %d devices", devices), got, want)
				agree(t, fmt.Sprintf("running moments on %d devices", devices), moments(t, m), moments(t, one))
			}
		})
	}
}

// TestCheckpointOfSeveralDevices takes a training from two devices to one, to four and back to one, within a model and
// over a file.
func TestCheckpointOfSeveralDevices(t *testing.T) {
	needDevices(t, 4)
	c := spreadCases()[0]
	c.train.EMA, c.train.Validation, c.train.ValidateEvery = 0, nil, 0
	path := filepath.Join(t.TempDir(), "c.safetensors")
	want := c.run(t, mustNew(t, c.flow, c.opts...), 1, 8)
	m := mustNew(t, c.flow, c.opts...)
	c.train.Checkpoint = path
	got := c.run(t, m, 2, 2)
	c.train.Checkpoint = ""
	got = append(got, c.run(t, m, 4, 4)...)
	got = append(got, c.run(t, m, 1, 8)...)
	agree(t, "curve on 2, 4 and 1 devices", got, want)
	loaded, err := realnvp.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	agree(t, "curve from the checkpoint of 2 devices", c.run(t, loaded, 1, 8), want[4:])
}

// TestSeveralConditionsOnSeveralDevices: a flow that is conditioned on two labels and a vector.
func TestSeveralConditionsOnSeveralDevices(t *testing.T) {
	needDevices(t, 4)
	var curves [2][]float64
	for k, devices := range []int{1, 2} {
		m := mustNew(t, givenFlow(), realnvp.Vector(2), realnvp.Classes(2, 3), realnvp.Given(1))
		src := &around{rng: rand.New(rand.NewPCG(1, 1))}
		if _, err := m.Train(context.Background(), src, realnvp.TrainConfig{Steps: 3, Devices: devices, OnStep: func(s realnvp.StepInfo) error {
			curves[k] = append(curves[k], s.Loss, s.GradNorm)
			return nil
		}}); err != nil {
			t.Fatalf("%d devices: %v", devices, err)
		}
	}
	agree(t, "curve on 2 devices", curves[1], curves[0])
}

func TestDevicesThatCannotBe(t *testing.T) {
	m := newToy(t)
	train := func(m *realnvp.Model, batch, devices int) error {
		_, err := m.Train(context.Background(), points(t, gaussian(100, 1), 2, batch), realnvp.TrainConfig{Steps: 1, Devices: devices})
		return err
	}
	has := m.Backend().NumDevices()
	wants(t, "negative", train(m, 8, -1), "TrainConfig.Devices is -1", "0 or more")
	says := fmt.Sprintf("the backend has %d", has)
	if m.Backend().Name() != "xla" {
		says = "the Go backend has a single device"
	}
	wants(t, "too many", train(m, 8, 1000), "TrainConfig.Devices is 1000", says, "set it to 1")
	goBackend, err := realnvp.OpenBackend("go")
	if err != nil {
		t.Fatal(err)
	}
	onGo := newToy(t, realnvp.WithBackend(goBackend))
	wants(t, "Go", train(onGo, 8, 2), "the Go backend has a single device", "GOMLX_BACKEND=xla")
	needDevices(t, 4)
	wants(t, "uneven", train(m, 10, 4), "batch of 10 samples", "4 devices", "multiple")
	if m.Step() != 0 || onGo.Step() != 0 {
		t.Errorf("the failed trainings left the models at steps %d and %d", m.Step(), onGo.Step())
	}
}

// needDevices skips a test where the default backend has fewer devices; CPU's XLA has four.
func needDevices(t *testing.T, n int) {
	t.Helper()
	if has := newToy(t).Backend().NumDevices(); has < n {
		t.Skipf("the backend has %d devices, %d are needed: use GOMLX_BACKEND=xla:cpu", has, n)
	}
}

// moments are the running means and variances of all batch norms.
func moments(t *testing.T, m *realnvp.Model) (all []float64) {
	t.Helper()
	for v := range m.Store().Scope("/" + realnvp.FlowScope).IterVariables() {
		if !strings.Contains(v.Name(), bijector.RunningMean) && !strings.Contains(v.Name(), bijector.RunningVar) {
			continue
		}
		values, err := tensors.CopyFlatData[float32](v.MustValue())
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range values {
			all = append(all, float64(x))
		}
	}
	return all
}

// agree wants two lists of numbers to be the same to 1e-5, relative to 1 or to the number.
func agree(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-5*math.Max(1, math.Abs(want[i])) {
			t.Errorf("%s: number %d is %.8g, on one device %.8g", what, i, got[i], want[i])
		}
	}
}
