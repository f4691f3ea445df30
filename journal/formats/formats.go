// Package formats writes runs of a journal as CSV, JSON lines, TensorBoard event files and MLflow's file layout, and reads JSON lines
// back. Only JSON lines hold what a resumed attempt superseded; the others leave it out.
package formats

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"flowbook/journal"
)

// WriteCSV writes the metrics of runs, one point to a line, under the header run,experiment,metric,step,time,value. Times are RFC 3339 in
// UTC with microseconds; values have all their digits, and NaN, +Inf and -Inf are written so.
func WriteCSV(ctx context.Context, j *journal.Journal, w io.Writer, runs ...string) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"run", "experiment", "metric", "step", "time", "value"}); err != nil {
		return err
	}
	for _, id := range runs {
		r, err := j.Get(ctx, id)
		if err != nil {
			return err
		}
		all, err := j.AllSeries(ctx, r.ID)
		if err != nil {
			return err
		}
		for _, s := range all {
			for i := range s.Len() {
				err := out.Write([]string{r.ID, r.Experiment, s.Metric, strconv.Itoa(s.Steps[i]), s.Time(i).Format(time.RFC3339Nano), journal.FormatValue(s.Values[i])})
				if err != nil {
					return err
				}
			}
		}
	}
	out.Flush()
	return out.Error()
}

// safePath makes each part of a name fit for a file name: letters, digits and a few signs stay, all else becomes _.
func safePath(name, keep string) string {
	b := []rune(name)
	for i, c := range b {
		ok := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
		for _, k := range keep {
			ok = ok || c == k
		}
		// A dot that begins a part would hide the file, or climb out of the folder.
		if !ok || c == '.' && (i == 0 || b[i-1] == '/') || c == '/' && (i == 0 || i == len(b)-1 || b[i-1] == '/') {
			b[i] = '_'
		}
	}
	return string(b)
}
