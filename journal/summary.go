package journal

import (
	"context"
	"database/sql"
	"math"
	"strings"
)

// A Summary sums up a metric series: the points that are not superseded by a resumed attempt.
// Min and Max pass over NaN; all are NaN where there is no other value.
type Summary struct {
	Count     int
	NotFinite int // how many values are NaN or infinite
	First     int
	LastStep  int
	Last      float64 // the value logged last
	Min       float64
	MinStep   int
	Max       float64
	MaxStep   int

	Better Better // what the program said of the metric; "": nothing
}

// add takes one more point into the summary.
func (s *Summary) add(p point) {
	if s.Count == 0 {
		*s = Summary{First: int(p.step), Last: p.value, Min: math.NaN(), Max: math.NaN()}
	}
	s.Count++
	s.First = min(s.First, int(p.step))
	s.LastStep = int(p.step)
	s.Last = p.value
	if math.IsNaN(p.value) || math.IsInf(p.value, 0) {
		s.NotFinite++
	}
	if math.IsNaN(p.value) {
		return
	}
	if !(s.Min <= p.value) {
		s.Min, s.MinStep = p.value, int(p.step)
	}
	if !(s.Max >= p.value) {
		s.Max, s.MaxStep = p.value, int(p.step)
	}
}

// HigherIsBetter tells in which direction a metric of this name improves: upwards for accuracy, AUC, F1, precision, recall,
// reward, score, R² and log likelihoods, downwards for all others.
func HigherIsBetter(metric string) bool {
	name := strings.ToLower(metric)
	if i := strings.LastIndexAny(name, "/.:"); i >= 0 {
		name = name[i+1:]
	}
	if strings.Contains(name, "nll") || strings.Contains(name, "negative") || strings.Contains(name, "loss") || strings.Contains(name, "error") {
		return false
	}
	for _, word := range []string{"acc", "auc", "f1", "precision", "recall", "reward", "score", "r2", "likelihood", "logp", "log_p", "elbo"} {
		if strings.HasPrefix(name, word) || strings.Contains(name, "_"+word) || strings.Contains(name, "-"+word) {
			return true
		}
	}
	return false
}

// Best returns the best value of the metric and its step: in the direction that the program said ([Run.Metric]), else the largest
// where [HigherIsBetter], else the smallest. Of a metric that has no direction (None) it is NaN at step -1.
func (s Summary) Best(metric string) (value float64, step int) {
	switch {
	case s.Better == None:
		return math.NaN(), -1
	case s.Better == Higher, s.Better == "" && HigherIsBetter(metric):
		return s.Max, s.MaxStep
	}
	return s.Min, s.MinStep
}

// number is a value as the summary table holds it: NULL for NaN.
func number(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return v
}

func fromNumber(v sql.NullFloat64) float64 {
	if !v.Valid {
		return math.NaN()
	}
	return v.Float64
}

const summaryColumns = "count, not_finite, first_step, last_step, last, min, min_step, max, max_step"

// scanSummary reads summaryColumns after the columns that before takes.
func scanSummary(rows *sql.Rows, before ...any) (Summary, error) {
	var s Summary
	var last, lowest, highest sql.NullFloat64
	err := rows.Scan(append(before, &s.Count, &s.NotFinite, &s.First, &s.LastStep, &last, &lowest, &s.MinStep, &highest, &s.MaxStep)...)
	s.Last, s.Min, s.Max = fromNumber(last), fromNumber(lowest), fromNumber(highest)
	return s, err
}

func (t transaction) putSummary(ctx context.Context, run, metric string, s Summary) error {
	_, err := t.exec(ctx, `INSERT INTO series (run, metric, `+summaryColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (run, metric) DO UPDATE SET count = excluded.count, not_finite = excluded.not_finite, first_step = excluded.first_step,
			last_step = excluded.last_step, last = excluded.last, min = excluded.min, min_step = excluded.min_step,
			max = excluded.max, max_step = excluded.max_step`,
		run, metric, s.Count, s.NotFinite, s.First, s.LastStep, number(s.Last), number(s.Min), s.MinStep, number(s.Max), s.MaxStep)
	return err
}

// summaries reads the summaries of a run within a transaction.
func (t transaction) summaries(ctx context.Context, run string) (map[string]Summary, error) {
	rows, err := t.query(ctx, "SELECT metric, "+summaryColumns+" FROM series WHERE run = ?", run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]Summary{}
	for rows.Next() {
		var metric string
		s, err := scanSummary(rows, &metric)
		if err != nil {
			return nil, err
		}
		all[metric] = s
	}
	return all, rows.Err()
}
