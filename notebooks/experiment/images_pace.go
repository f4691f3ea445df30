package experiment

import (
	"context"
	"fmt"
	"slices"
	"time"

	"flowbook/journal"
)

// Pace is how fast a recorded run trained.
type Pace struct {
	// Record is the run.
	Record *journal.Record
	// Step is the median time from one step's end to the next one's.
	Step time.Duration
}

// MeasuredPace takes the pace from the newest run of an experiment in the default journal that has three steps or more,
// finished or not. Where there is none it fails and says how to make one.
func MeasuredPace(name string) (Pace, error) {
	j, err := journal.OpenDefault()
	if err != nil {
		return Pace{}, err
	}
	defer j.Close()
	ctx := context.Background()
	records, err := j.Runs(ctx, journal.Query{Experiment: name, Sort: "-started"})
	if err != nil {
		return Pace{}, err
	}
	for _, r := range records {
		if r.Metrics["train_bpd"].Count < 3 {
			continue
		}
		series, err := j.Series(ctx, r.ID, "train_bpd")
		if err != nil {
			return Pace{}, err
		}
		return Pace{r, medianInterval(series.Times)}, nil
	}
	return Pace{}, fmt.Errorf("experiment: no run of %[1]q in the journal has three steps, so its pace here is not known; `journal run %[1]s train.steps=4 validate=0 test=10 draws=1` measures it", name)
}

// medianInterval is the median difference of neighbours, of two times or more in microseconds.
func medianInterval(times []int64) time.Duration {
	var d []int64
	for i := 1; i < len(times); i++ {
		d = append(d, times[i]-times[i-1])
	}
	slices.Sort(d)
	return time.Duration(d[len(d)/2]) * time.Microsecond
}
