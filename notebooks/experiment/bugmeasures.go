package experiment

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"flowbook/figures"
	"flowbook/journal"
	"flowbook/realnvp"
)

// measures of a trial, by the names in Trial.Measures. Each logs metrics.
var measures = map[string]func(t *trial, ctx context.Context) error{
	"mass":   (*trial).mass,
	"truth":  (*trial).truth,
	"pixel":  (*trial).pixel,
	"again":  (*trial).again,
	"spread": (*trial).spread,
}

func (t *trial) measure(ctx context.Context, name string) error {
	m := measures[name]
	if m == nil {
		return fmt.Errorf("experiment: a trial has no measure %q", name)
	}
	return m(t, ctx)
}

// mass is the integral of the density that the flow of the plane claims; a density's is 1.
func (t *trial) mass(ctx context.Context) error {
	mass, err := Mass(ctx, t.model, 5, 250)
	if err != nil {
		return err
	}
	return t.run.Log(t.model.Step(), journal.Metrics{"mass": mass})
}

// truth is what the very same weights score once the bug is taken out of the flow.
func (t *trial) truth(ctx context.Context) error {
	healthy, err := realnvp.New(t.healthy.Flow(), append(t.options(), realnvp.WithBackend(t.model.Backend()))...)
	if err != nil {
		return err
	}
	for v := range t.model.Store().IterVariables() {
		if to := healthy.Store().GetVariable(v.Path()); to != nil {
			value, err := v.Value()
			if err != nil {
				return err
			}
			if value, err = value.Clone(); err == nil {
				err = to.SetValue(value)
			}
			if err != nil {
				return err
			}
		}
	}
	logp, err := healthy.LogProb(ctx, t.noisyHeld())
	if err != nil {
		return err
	}
	nll, bad := meanNLL(logp)
	if healthy.IsPixels() {
		nll /= float64(healthy.Dim()) * math.Ln2
	}
	return t.run.Log(t.model.Step(), journal.Metrics{t.metric("true"): nll, "true_nonfinite": float64(bad)})
}

// nearWhite are the values of a pixel that near 256, the end of the pixel's range: 256 − 10⁻ᵏ, and then 256 itself.
var nearWhite = []float64{255, 255.9, 255.99, 255.999, 255.9999, 256}

// pixel is what the middle pixel of a held-out picture adds to −log p, in nats, over what it does at 250, as it nears
// white; step k stands for 256 − 10⁻ᵏ,
// and the last for 256.
func (t *trial) pixel(ctx context.Context) error {
	dim := t.model.Dim()
	const center = side/2*side + side/2
	one := t.noisyHeld()[:dim]
	one[center] = 250
	x := append([]float32(nil), one...)
	for _, v := range nearWhite {
		one[center] = float32(v)
		x = append(x, one...)
	}
	logp, err := t.model.LogProb(ctx, x)
	if err != nil {
		return err
	}
	for k := range nearWhite {
		if err := t.run.Log(k, journal.Metrics{"white_pixel_nats": logp[0] - logp[k+1]}); err != nil {
			return err
		}
	}
	return nil
}

// again scores the same held-out samples six times; nothing may change.
func (t *trial) again(ctx context.Context) error {
	for k := range 6 {
		logp, err := t.model.LogProb(ctx, t.noisyHeld())
		if err != nil {
			return err
		}
		nll, _ := meanNLL(logp)
		if err := t.run.Log(k, journal.Metrics{"again_nll": nll}); err != nil {
			return err
		}
	}
	return nil
}

// spread is the standard deviation of the held-out samples' latents, which is 1 for a normal.
func (t *trial) spread(ctx context.Context) error {
	z, err := t.model.Encode(ctx, t.noisyHeld())
	if err != nil {
		return err
	}
	values := make([]float64, len(z))
	for i, v := range z {
		values[i] = float64(v)
	}
	mean, std := stat.PopMeanStdDev(values, nil)
	return t.run.Log(t.model.Step(), journal.Metrics{"z_mean": mean, "z_std": std})
}

// validationSeed is that of the noise with which realnvp validates, so that scores are of the very same numbers.
const validationSeed = 0x76616c6964

// noisyHeld are the held-out samples, dequantized where they are pictures.
func (t *trial) noisyHeld() []float32 {
	x := append([]float32(nil), t.data.held...)
	if t.Subject != Moons {
		realnvp.Dequantize(x, validationSeed)
	}
	return x
}

// picture attaches samples: 24 digits, or points over the training points.
func (t *trial) picture(ctx context.Context) error {
	x, err := t.model.Sample(ctx, map[bool]int{true: 300, false: 24}[t.Subject == Moons], realnvp.SampleConfig{Seed: 1})
	if err != nil {
		return err
	}
	var png []byte
	if t.Subject == Moons {
		png, err = scatterPNG(t.data.train, x)
	} else {
		png, err = gridPNG(x, side, side, 1, figures.GridOptions{Columns: 8, Scale: 3})
	}
	if err != nil {
		return err
	}
	return t.run.Figure("samples", "image/png", png)
}

// meanNLL is the mean of −log p over the finite ones, and how many are not.
func meanNLL(logp []float64) (mean float64, nonFinite int) {
	finite := slices.DeleteFunc(slices.Clone(logp), func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	return -stat.Mean(finite, nil), len(logp) - len(finite)
}
