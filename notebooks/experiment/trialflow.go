package experiment

import (
	"fmt"
	"math"
	"slices"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/bugs"
	"flowbook/realnvp/net"
	"flowbook/realnvp/preset"
	"flowbook/realnvp/transform"
)

// TrialFlow is what a trial's flow is made of: affine couplings, of points or of pictures, with a batch norm after each.
type TrialFlow struct {
	// Couplings is how many there are of points, with nets of 24 hidden numbers.
	Couplings int `json:"couplings,omitempty"`
	// Checkerboards, Channels and Final are how many there are of pictures, on one level, whose nets have so many Planes.
	Checkerboards int `json:"checkerboards,omitempty"`
	Channels      int `json:"channels,omitempty"`
	Final         int `json:"final,omitempty"`
	Planes        int `json:"planes,omitempty"`
	// Gain multiplies the learned factor of s, where it is not 0, and Bound keeps |s| under it, where it is above 0.
	Gain  float64 `json:"gain,omitempty"`
	Bound float64 `json:"bound,omitempty"`
	// Momentum is the norms'; 0 leaves them out.
	Momentum float64 `json:"momentum,omitempty"`
	// Preprocess is "logit", with alpha 0.05, or "scale255". Pictures only.
	Preprocess string `json:"preprocess,omitempty"`
}

// subject is the flow for bugs to be put into.
func (c Trial) subject() (bugs.Subject, error) {
	if old, err := c.config(); err != nil {
		return bugs.Subject{}, err
	} else if old != nil && !old.IsImage() {
		return bugs.Subject{Vectors: old.Flow()}, nil
	} else if old != nil {
		return bugs.Subject{First: old.Preprocessing(), Levels: old.MultiScale(), Sides: [3]int{old.Height, old.Width, old.Channels}}, nil
	}
	if c.Subject == Moons {
		return bugs.Subject{Vectors: c.Flow.vectors()}, nil
	}
	s := bugs.Subject{Levels: c.Flow.levels(), Sides: [3]int{side, side, 1}}
	switch c.Flow.Preprocess {
	case "logit":
		s.First = bijector.Chain{{Name: "logit", Bijector: bijector.Logit{Alpha: alpha, Levels: 256}}}
	case "scale255":
		s.First = bijector.Chain{{Name: "scale255", Bijector: bijector.Scale{By: 255}}}
	default:
		return s, fmt.Errorf("experiment: flow.preprocess is %q; pictures have \"logit\" or \"scale255\"", c.Flow.Preprocess)
	}
	return s, nil
}

// alpha of the logit.
const alpha = 0.05

func (f TrialFlow) vectors() bijector.Chain {
	return preset.Vectors{Features: 2, Couplings: f.Couplings, Norm: f.norm(), Coupling: func(_ int, mask bijector.Mask) bijector.Bijector {
		return f.coupling(mask, net.MLP{Hidden: []int{24}})
	}}.Flow()
}

func (f TrialFlow) levels() preset.MultiScale {
	return preset.MultiScale{
		Scales: 1, Checkerboards: f.Checkerboards, Channels: f.Channels, Final: f.Final, Planes: f.Planes, Norm: f.norm(),
		Coupling: func(mask bijector.Mask, planes int) bijector.Bijector {
			return f.coupling(mask, net.ResNet{Planes: planes, Norm: net.NoNorm})
		},
	}
}

func (f TrialFlow) coupling(mask bijector.Mask, n net.Net) bijector.Bijector {
	return &bijector.Coupling{Mask: mask, Net: net.Pair{S: n, T: n}, Transform: transform.Affine{PerElement: true, Gain: f.Gain, Bound: f.Bound}}
}

func (f TrialFlow) norm() func() bijector.Bijector {
	if f.Momentum == 0 {
		return nil
	}
	return func() bijector.Bijector {
		return &bijector.BatchNorm{Momentum: f.Momentum, Epsilon: 1e-5, Debias: true}
	}
}

// standardized is the subject with each of its pixels standardised, after the preprocessing, by the typical pictures.
func standardized(s bugs.Subject, typical []float32, floor float64) (bugs.Subject, error) {
	x := slices.Clone(typical)
	realnvp.Dequantize(x, 1)
	values := make([]float64, len(x))
	for i, v := range x {
		values[i] = float64(v) / 255
		if logit, ok := s.First[0].Bijector.(bijector.Logit); ok {
			p := logit.Alpha + (1-2*logit.Alpha)*float64(v)/logit.Levels
			values[i] = math.Log(p / (1 - p))
		}
	}
	layer, err := realnvp.StandardizeFloor(values, side*side, floor)
	s.First = append(slices.Clone(s.First), bijector.Layer{Name: "standardize", Bijector: layer})
	return s, err
}
