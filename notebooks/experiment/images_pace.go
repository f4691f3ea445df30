package experiment

import (
	"context"
	"fmt"
	"slices"
	"time"

	"flowbook/journal"
	"flowbook/realnvp"
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

// Work is the number of multiplications that the 3×3 convolutions of an image flow's nets do to map one image. A training
// step does about three times as many, a sample as many. It is what two flows' paces on one machine go by, roughly: norms,
// activations and memory are not in it.
func Work(c realnvp.Config) float64 {
	sum := 0.0
	nets := func(couplings, h, w, channels, planes int) {
		one := 2*channels*planes + 2*c.Blocks*planes*planes // in, out, and two convolutions a block
		sum += float64(2*couplings) * 9 * float64(h*w*one)  // s and t
	}
	h, w, channels, planes := c.Height, c.Width, c.Channels, c.Planes
	for range c.Scales {
		nets(c.CheckerboardCouplings, h, w, channels, planes)
		h, w, channels = h/2, w/2, 4*channels
		nets(c.ChannelCouplings, h, w, channels, planes)
		channels /= 2 // the other half is factored out
		if !c.KeepPlanes {
			planes *= 2
		}
	}
	nets(c.FinalCouplings, h, w, channels, planes)
	return sum
}
