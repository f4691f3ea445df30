package journaled_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"flowbook/journal"
	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/journaled"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
)

// An experiment says what it trains on what. Logging, validating, checkpointing and going on from a checkpoint are one line of it, whether
// its run begins or is resumed.
func ExampleTrain() {
	type config struct {
		Steps int   `json:"steps"`
		Seed  int64 `json:"seed"`
	}
	breakAt := 7 // a step at which somebody pulls the plug
	train := func(ctx context.Context, run *journal.Run, c config) error {
		couple := func(even bool) *bijector.Coupling {
			return &bijector.Coupling{Mask: bijector.Alternating(2, even), Net: net.MLP{Hidden: []int{8}}, Transform: transform.Affine{Bound: 2}}
		}
		flow := bijector.Chain{{Name: "c0", Bijector: couple(true)}, {Name: "c1", Bijector: couple(false)}}
		model, err := realnvp.New(flow, realnvp.Vector(2), realnvp.Seed(uint64(c.Seed)))
		if err != nil {
			return err
		}
		source, err := realnvp.NewPoints(normal(200, 1), nil, 2, 50, uint64(c.Seed))
		if err != nil {
			return err
		}
		_, err = journaled.Train(ctx, run, model, source, realnvp.TrainConfig{
			Steps: c.Steps, LearningRate: 1e-2, Validation: normal(100, 2), ValidateEvery: 5, CheckpointEvery: 5,
			OnStep: func(s realnvp.StepInfo) error {
				if s.Step == breakAt {
					return context.Canceled
				}
				return nil
			},
		})
		return err
	}
	journal.Register("normal", journal.Typed("fits a normal density in the plane", config{Steps: 12, Seed: 1}, train))

	folder, err := os.MkdirTemp("", "example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	j, err := journal.Open(filepath.Join(folder, "journal.db"))
	if err != nil {
		panic(err)
	}
	defer j.Close()
	ctx := context.Background()
	run, _ := journal.Execute(ctx, j, "normal", nil)
	fmt.Println(run.Status, "after step", run.Metrics["train_nll"].LastStep)

	breakAt = 0
	run, err = journal.Continue(ctx, j, run.ID)
	if err != nil {
		panic(err)
	}
	fmt.Println(run.Status, "after step", run.Metrics["train_nll"].LastStep)
	for _, name := range run.MetricNames() {
		fmt.Println(name, run.Metrics[name].Count) // how often it was logged
	}
	// Output:
	// interrupted after step 7
	// finished after step 12
	// grad_norm 12
	// learning_rate 12
	// train_nll 12
	// val_nll 3
	// val_nonfinite 3
}
