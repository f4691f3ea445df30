package experiment

import (
	"fmt"
	"html"
	"os"
	"time"

	"github.com/janpfeifer/gonb/gonbui"

	"flowbook/figures"
	"flowbook/figures/inline"
	"flowbook/journal"
	"flowbook/realnvp"
)

// Live is a Watcher for a notebook cell, a progress bar and a live curve, or, outside a notebook, a line on the
// terminal now and then.
type Live struct {
	// Unit of the curve: "bits/dim" (empty means it) or "nats".
	Unit string
	// Reference lines of the curve.
	References []figures.Reference

	steps, first int
	began, shown time.Time
	bar          string
	curve        *inline.Live
	train, val   figures.Series
}

// NewLive makes a Live that draws references, such as figures.Level("the author", 1.67), across its curve.
func NewLive(references ...figures.Reference) *Live {
	return &Live{References: references, train: figures.Series{Name: "training"}, val: figures.Series{Name: "held out"}}
}

// Begin starts the clock.
func (l *Live) Begin(run *journal.Run, steps int) {
	l.steps, l.began = steps, time.Now()
	if gonbui.IsNotebook {
		l.bar, l.curve = "progress_"+gonbui.UniqueId(), inline.NewLive()
	}
	l.say(fmt.Sprintf("run %s: compiling the training step", run.ID), 0)
}

// Step moves the bar at most four times a second and redraws the curve when it is due.
func (l *Live) Step(s realnvp.StepInfo) {
	if l.first == 0 {
		l.first, l.began = s.Step, time.Now()
	}
	y := s.BitsPerDim
	if l.Unit == "nats" {
		y = s.Loss
	}
	l.train.X, l.train.Y = append(l.train.X, float64(s.Step)), append(l.train.Y, y)
	every := 250 * time.Millisecond
	if !gonbui.IsNotebook {
		every = 10 * time.Second
	}
	if s.Step < l.steps && time.Since(l.shown) < every {
		return
	}
	l.shown = time.Now()
	text := fmt.Sprintf("step %d of %d · %.3f %s", s.Step, l.steps, y, l.unit())
	if done := s.Step - l.first; done > 0 {
		each := time.Since(l.began) / time.Duration(done)
		text += fmt.Sprintf(" · %.2f s a step · %s left", each.Seconds(), (each * time.Duration(l.steps-s.Step)).Round(time.Second))
	}
	l.say(text, float64(s.Step)/float64(l.steps))
	if l.curve != nil && (l.curve.Due() || s.Step == l.steps) {
		l.draw()
	}
}

// Validation adds a point to the held-out curve.
func (l *Live) Validation(v realnvp.ValidationInfo) {
	y := v.BitsPerDim
	if l.Unit == "nats" {
		y = v.NLL
	}
	l.val.X, l.val.Y = append(l.val.X, float64(v.Step)), append(l.val.Y, y)
	if l.curve != nil && v.Step == l.steps {
		l.draw()
	}
}

func (l *Live) draw() {
	if err := l.curve.Show(l.Figure()); err != nil {
		fmt.Fprintln(os.Stderr, "live curve:", err) // a picture that fails does not stop a training
	}
}

// Figure is the curve as it stands.
func (l *Live) Figure() (*figures.Figure, error) {
	curves := []figures.Series{l.train}
	if len(l.val.X) > 0 {
		curves = append(curves, l.val)
	}
	return figures.LossCurves(curves, figures.CurveOptions{X: "step", Y: l.unit(), Smooth: 0.9, References: l.References})
}

func (l *Live) unit() string {
	if l.Unit == "" {
		return "bits/dim"
	}
	return l.Unit
}

func (l *Live) say(text string, done float64) {
	if l.bar == "" {
		fmt.Println(text)
		return
	}
	gonbui.UpdateHtml(l.bar, fmt.Sprintf(`<progress value="%.4f" max="1" style="width:16em;vertical-align:middle" aria-label="training"></progress> %s`,
		done, html.EscapeString(text)))
}
