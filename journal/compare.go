package journal

import (
	"context"
	"encoding/json"

	"flowbook/journal/config"
	"flowbook/journal/fault"
	"flowbook/journal/record"
)

// Compare reads runs and puts them side by side: what differs in their configs, and each metric's last and best value.
func (j *Journal) Compare(ctx context.Context, runs ...string) (*record.Comparison, error) {
	if len(runs) == 0 {
		return nil, fault.Invalid("name the runs to compare")
	}
	c := &record.Comparison{}
	for _, id := range runs {
		r, err := j.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		c.Runs = append(c.Runs, r)
	}
	configs := make([]json.RawMessage, len(c.Runs))
	for i, r := range c.Runs {
		configs[i] = r.Config
	}
	c.Config = config.Diff(configs...)
	c.Metrics = record.MetricRows(c.Runs)
	return c, nil
}
