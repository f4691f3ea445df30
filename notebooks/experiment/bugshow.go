package experiment

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"image/png"
	"strings"

	"github.com/janpfeifer/gonb/gonbui"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"flowbook/figures"
	"flowbook/figures/inline"
	"flowbook/journal"
	"flowbook/realnvp"
)

// Show shows the pair in a cell: its entry as Markdown, the losses of both runs over each other, and their samples side
// by side. Outside a notebook it prints the Markdown and writes the figures.
func (p Pair) Show(ctx context.Context, j *journal.Journal, e journal.Entry) error {
	body, err := p.Markdown(ctx, j, false)
	if err != nil {
		return err
	}
	e.Body = body
	text := fmt.Sprintf("### %s · %s\n\n%s", p.Page.Date, e.Title, body)
	if gonbui.IsNotebook {
		gonbui.DisplayMarkdown(runLinks(text, p))
	} else {
		fmt.Println(text)
	}
	if err := inline.Show(p.Curves(ctx, j)); err != nil {
		return err
	}
	if !p.Trial.Picture {
		return nil
	}
	return inline.Show(p.Pictures(ctx, j))
}

// runLinks makes the links to runs plain: in a notebook they lead nowhere.
func runLinks(text string, p Pair) string {
	for _, id := range []string{p.On.ID, p.Off.ID} {
		text = strings.ReplaceAll(text, fmt.Sprintf("[%s](run:%s)", id, id), "`"+id+"`")
	}
	return text
}

// Curves draws the losses of both runs.
func (p Pair) Curves(ctx context.Context, j *journal.Journal) (*figures.Figure, error) {
	var curves []figures.Series
	for i, r := range []*journal.Record{p.On, p.Off} {
		s, err := j.Series(ctx, r.ID, p.Trial.metric("train"))
		if err != nil {
			if r.Metrics[p.Trial.metric("train")].Count == 0 {
				continue // it broke at its first step
			}
			return nil, err
		}
		c := figures.Series{Name: p.Sides()[i], Y: s.Values}
		for _, step := range s.Steps {
			c.X = append(c.X, float64(step))
		}
		curves = append(curves, c)
	}
	return figures.LossCurves(curves, figures.CurveOptions{X: "step", Y: "loss, " + p.Trial.Unit(), Smooth: 0.8})
}

// Pictures puts the samples of both runs side by side.
func (p Pair) Pictures(ctx context.Context, j *journal.Journal) (*figures.Figure, error) {
	var panels []*figures.Figure
	for i, r := range []*journal.Record{p.On, p.Off} {
		for _, f := range r.Figures {
			if f.Name != "samples" {
				continue
			}
			data, err := j.ReadArtifact(ctx, f.Digest)
			if err != nil {
				return nil, err
			}
			panel, err := picturePanel(data, "samples "+p.Sides()[i])
			if err != nil {
				return nil, err
			}
			panels = append(panels, panel)
		}
	}
	return figures.Beside(2, panels...)
}

func picturePanel(data []byte, title string) (*figures.Figure, error) {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("experiment: the picture of the samples: %w", err)
	}
	plotted := plot.New()
	w, h := float64(img.Bounds().Dx()), float64(img.Bounds().Dy())
	plotted.Add(plotter.NewImage(img, 0, 0, w, h))
	plotted.HideAxes()
	plotted.Title.Text = title
	plotted.Title.TextStyle.Font.Variant, plotted.Title.TextStyle.Font.Size = "Sans", 12*figures.Px
	f := figures.New(plotted, 350, 340*h/w+30)
	f.Name, f.Raster = "samples", true
	return f, nil
}

// Quiet is a Watcher for trials: one line that says which run is at which step, without a curve of its own.
func Quiet() Watcher { return &quiet{} }

type quiet struct {
	id, run string
	steps   int
}

// Begin makes the line, once.
func (q *quiet) Begin(run *journal.Run, steps int) {
	if q.id == "" {
		q.id = "trial_" + gonbui.UniqueId()
	}
	q.run, q.steps = run.Experiment+" "+run.ID, steps
	q.say("compiling")
}

// Step says every tenth step.
func (q *quiet) Step(s realnvp.StepInfo) {
	if s.Step%10 == 0 || s.Step == q.steps {
		q.say(fmt.Sprintf("step %d of %d", s.Step, q.steps))
	}
}

// Validation says nothing.
func (q *quiet) Validation(realnvp.ValidationInfo) {}

func (q *quiet) say(text string) {
	if gonbui.IsNotebook {
		gonbui.UpdateHtml(q.id, html.EscapeString(q.run+": "+text))
	}
}
