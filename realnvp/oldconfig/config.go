// Package oldconfig reads the second way in which a checkpoint or a run's record may describe a model: by the 36
// fields of Config, in place of the flow's layers. Nothing is written with it: see package preset for flows. "The
// paper" is Dinh et al. 2016 (arXiv:1605.08803v3), "the author" Brian Keng, whose article the notebooks retell.
package oldconfig

import (
	"flowbook/realnvp/net"
)

// Config says what a flow is made of. The zero value of a field means what its comment says; Validate names what does not fit.
type Config struct {
	// Name is free text for people: "mnist-author".
	Name string `json:"name"`

	// Features is the length of a vector sample, 2 or more: 2 for points of the plane. 0 for images.
	Features int `json:"features,omitempty"`
	// Height, Width, Channels are the sides of an image sample, NHWC. 0 for vectors.
	Height   int `json:"height,omitempty"`
	Width    int `json:"width,omitempty"`
	Channels int `json:"channels,omitempty"`
	// Classes, above 0, makes the flow class-conditional, log p(x | label): labels 0…Classes−1 go into every net. 0
	// means no labels.
	Classes int `json:"classes,omitempty"`

	// Preprocess maps the data's unit to the flow's; its log-determinant is part of log p. Empty means none.
	Preprocess Preprocess `json:"preprocess,omitempty"`
	// LogitAlpha is Logit's alpha, in (0, 0.5): the paper's and the author's 0.05. Only for Logit.
	LogitAlpha float64 `json:"logit_alpha,omitempty"`
	// Shift and Scale, of one number or one for each number of a sample, standardise after Preprocess:
	// (x − Shift)/Scale, their log-determinant accounted. Empty means none.
	Shift []float64 `json:"shift,omitempty"`
	Scale []float64 `json:"scale,omitempty"`

	// Couplings is the number of couplings of a vector flow; the author's 2D flow has 32. Vectors only.
	Couplings int `json:"couplings,omitempty"`
	// Hidden are the widths of the hidden layers of a vector flow's MLPs; the author's {20, 20, 20}. Vectors only.
	Hidden []int `json:"hidden,omitempty"`
	// OneFeatureNets makes each net see a single feature: the author's 2D form. Two features only.
	OneFeatureNets bool `json:"one_feature_nets,omitempty"`

	// Scales is the number of levels of the multi-scale architecture (section 3.6), each of CheckerboardCouplings,
	// a squeeze, ChannelCouplings and a factor-out. 0 is allowed: FinalCouplings alone. Images only.
	Scales int `json:"scales,omitempty"`
	// CheckerboardCouplings come before the squeeze of each level; the author's and the paper's 3.
	CheckerboardCouplings int `json:"checkerboard_couplings,omitempty"`
	// ChannelCouplings come after it; the author's and the paper's 3.
	ChannelCouplings int `json:"channel_couplings,omitempty"`
	// FinalCouplings are the checkerboard couplings after the last level; the author's and the paper's 4.
	FinalCouplings int `json:"final_couplings,omitempty"`
	// Planes is the number of feature maps of the first level's ResNets, 1 or more for images; it doubles from level
	// to level.
	Planes int `json:"planes,omitempty"`
	// KeepPlanes leaves Planes the same at all levels.
	KeepPlanes bool `json:"keep_planes,omitempty"`
	// Blocks is the number of residual blocks of each ResNet.
	Blocks int `json:"blocks,omitempty"`
	// NetNorm is the normalisation within the ResNets: "instance" (the author), "batch" (the paper) or "none".
	NetNorm net.Norm `json:"net_norm,omitempty"`
	// WeightNorm parametrises the ResNets' kernels as g·v/‖v‖.
	WeightNorm bool `json:"weight_norm,omitempty"`
	// PaperInput shows the nets concat(x, −x, mask), as the paper's published code does.
	PaperInput bool `json:"paper_input,omitempty"`
	// CheckerboardCYX makes the checkerboard the parity of channel+y+x, as the author's MNIST code does, in place of y+x.
	CheckerboardCYX bool `json:"checkerboard_cyx,omitempty"`
	// LatentChannelsFirst flattens each part of the latent as (channel, y, x), the author's order, in place of (y, x, channel).
	LatentChannelsFirst bool `json:"latent_channels_first,omitempty"`

	// CouplingNorm is the batch norm on the coupling path: "running" (the author), "batch" (the paper's published
	// code: batch moments in training) or "none". Empty means none.
	CouplingNorm CouplingNorm `json:"coupling_norm,omitempty"`
	// NormMomentum is the weight of a batch in the running moments, in (0, 1]; the author's 0.005.
	NormMomentum float64 `json:"norm_momentum,omitempty"`
	// NormDebias starts the running moments as plain means of the batches so far, for short runs.
	NormDebias bool `json:"norm_debias,omitempty"`
	// NormBiased uses the biased variance (n in place of n−1).
	NormBiased bool `json:"norm_biased,omitempty"`

	// SScale says where the learned factor of s starts: "zero" (the flow starts as the identity), "normal" (N(0,1), the
	// author's 2D form) or "one". Empty means zero.
	SScale SScale `json:"s_scale,omitempty"`
	// Translation is the form of t: "affine" (t_scale·net + t_shift, both from 0), "tanh" (the author's 2D form) or
	// "raw". Empty means affine.
	Translation Translation `json:"translation,omitempty"`
	// SGain, where it is not 0, multiplies the learned factor of s, so that Adam moves s that much faster.
	SGain float64 `json:"s_gain,omitempty"`
	// SBound, above 0, keeps |s| of each coupling under it, smoothly. 0 leaves s to its learned factor.
	SBound float64 `json:"s_bound,omitempty"`

	// DType is the type of parameters, activations and log-determinants: "float32" (empty means it) or "float64".
	DType string `json:"dtype,omitempty"`
	// NetDType, where set, is the type within the ResNets: "bfloat16", with everything else in DType. Empty means
	// DType.
	NetDType string `json:"net_dtype,omitempty"`
	// Seed draws the initial weights.
	Seed int64 `json:"seed"`
}

// Preprocess names the map from the data's unit to the flow's.
type Preprocess string

// The preprocessings.
const (
	// NoPreprocess leaves the data as they are.
	NoPreprocess Preprocess = "none"
	// Scale255 is x/255, the author's MNIST.
	Scale255 Preprocess = "scale255"
	// Scale256 is x/256.
	Scale256 Preprocess = "scale256"
	// Logit is logit(α + (1−2α)·x/256), the paper's and the author's CIFAR-10.
	Logit Preprocess = "logit"
)

// CouplingNorm names the batch norm on the coupling path.
type CouplingNorm string

// The batch norms of the coupling path.
const (
	// NoCouplingNorm has none.
	NoCouplingNorm CouplingNorm = "none"
	// RunningNorm normalises by the updated running moments.
	RunningNorm CouplingNorm = "running"
	// BatchNorm normalises by the batch in training, by the running moments in evaluation.
	BatchNorm CouplingNorm = "batch"
)

// SScale names the start of the learned factor of s.
type SScale string

// The starts of s's factor.
const (
	// SScaleZero is 0: the flow starts as the identity.
	SScaleZero SScale = "zero"
	// SScaleNormal is draws from N(0, 1).
	SScaleNormal SScale = "normal"
	// SScaleOne is 1.
	SScaleOne SScale = "one"
)

// Translation names the form of t.
type Translation string

// The forms of t.
const (
	// AffineTranslation is t = t_scale·net + t_shift.
	AffineTranslation Translation = "affine"
	// TanhTranslation is t = tanh(net), the author's 2D form.
	TanhTranslation Translation = "tanh"
	// RawTranslation is t = net.
	RawTranslation Translation = "raw"
)

// Dim is the number of numbers in a sample: D = Features, or H·W·C.
func (c Config) Dim() int {
	if c.Features > 0 {
		return c.Features
	}
	return c.Height * c.Width * c.Channels
}

// IsImage tells whether samples are images.
func (c Config) IsImage() bool { return c.Features == 0 }

// Sample is the shape of one sample: {features}, or {height, width, channels}.
func (c Config) Sample() []int {
	if c.IsImage() {
		return []int{c.Height, c.Width, c.Channels}
	}
	return []int{c.Features}
}

// IsPixels tells whether a sample's numbers are pixels 0…256, to be dequantized and scored in bits per dimension.
func (c Config) IsPixels() bool { return c.Preprocess != NoPreprocess && c.Preprocess != "" }
