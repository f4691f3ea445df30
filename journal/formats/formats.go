// Package formats writes runs of a journal as CSV, JSON lines, TensorBoard event files and MLflow's file layout, and reads JSON lines
// back. Only JSON lines hold what a resumed attempt superseded; the others leave it out.
package formats

import (
	"context"
	"encoding/csv"
	"io"
	"regexp"
	"strconv"
	"time"

	"flowbook/journal"
	"flowbook/journal/record"
)

// WriteCSV writes the metrics of runs, one point to a line, under the header run,experiment,metric,step,time,value. Times are RFC 3339 in
// UTC with microseconds; values have all their digits, and NaN, +Inf and -Inf are written so. In a name that a spreadsheet would take
// for a formula, a ' stands before the sign that makes it one.
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
		experiment := notFormula(r.Experiment)
		err = j.EachSeries(ctx, r.ID, func(s journal.Series) error {
			metric := notFormula(s.Metric)
			for i := range s.Len() {
				err := out.Write([]string{r.ID, experiment, metric, strconv.Itoa(s.Steps[i]), s.Time(i).Format(time.RFC3339Nano), record.FormatValue(s.Values[i])})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// formula finds a sign that begins a formula, at the beginning of a cell: of a field, or of what a spreadsheet with other separators takes
// for one.
var formula = regexp.MustCompile(`(^|[;|\t\r\n"])([\s\p{Cc}\p{Cf}]*)([-=+@＝＋－＠])`)

// notFormula is a text that no spreadsheet runs as a formula when it opens the file.
func notFormula(text string) string { return formula.ReplaceAllString(text, "$1$2'$3") }
