package realnvp_test

import (
	"fmt"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/goldentest"
	"flowbook/realnvp/net"
	"flowbook/realnvp/param"
	"flowbook/realnvp/transform"
)

type array = goldentest.Array

// inBothTypes runs a golden case in float64 and in float32.
func inBothTypes(t *testing.T, fn func(t *testing.T, backend compute.Backend, dtype dtypes.DType)) {
	backend := goldentest.Backend(t)
	for _, dtype := range []dtypes.DType{dtypes.Float64, dtypes.Float32} {
		t.Run(dtype.String(), func(t *testing.T) { fn(t, backend, dtype) })
	}
}

// forward runs a bijector there and back: z, logDet, x again, and the inverse's logDet.
func forward(t *testing.T, backend compute.Backend, store *model.Store, b bijector.Bijector, training bool, x *tensors.Tensor) []*tensors.Tensor {
	t.Helper()
	return goldentest.Run(t, backend, store, func(s *model.Scope, in []*Node) []*Node {
		c := param.New(s)
		c.Training = training
		z, logDet := b.Forward(c, in[0])
		back, inverseLogDet := b.Inverse(c, z)
		return []*Node{z, logDet, back, inverseLogDet}
	}, x)
}

func TestGoldenSqueeze(t *testing.T) {
	var c struct {
		Input  array   `json:"input_nhwc"`
		Output array   `json:"output_nhwc"`
		InCHW  array   `json:"input_nchw"`
		OutCHW array   `json:"output_nchw"`
		LogDet float64 `json:"logdet"`
	}
	goldentest.Load(t, "a_squeeze.json", &c)
	inBothTypes(t, func(t *testing.T, backend compute.Backend, dtype dtypes.DType) {
		out := forward(t, backend, model.NewStore(), bijector.Squeeze2x2{}, false, c.Input.Tensor(dtype))
		goldentest.Check(t, "squeezed", out[0], c.Output)
		goldentest.Check(t, "back", out[2], c.Input)
		goldentest.Close(t, "logdet", goldentest.Floats(t, out[1]), repeat(c.LogDet, c.Input.Shape[0]), 0)

		nchw := goldentest.Run(t, backend, model.NewStore(), func(s *model.Scope, in []*Node) []*Node {
			z, _ := bijector.Squeeze2x2{}.Forward(param.New(s), TransposeAllAxes(in[0], 0, 2, 3, 1))
			return []*Node{TransposeAllAxes(z, 0, 3, 1, 2)}
		}, c.InCHW.Tensor(dtype))
		goldentest.Check(t, "squeezed, channels first", nchw[0], c.OutCHW)
	})
}

func TestGoldenMasks(t *testing.T) {
	var c struct {
		CheckerOne  array `json:"checkerboard_one_at_origin"`
		CheckerZero array `json:"checkerboard_zero_at_origin"`
		ChannelOne  array `json:"channel_first_half_one"`
		ChannelZero array `json:"channel_first_half_zero"`
	}
	goldentest.Load(t, "b_masks.json", &c)
	check := func(name string, want array, mask func(h, w, c int, one bool) bijector.Mask, one bool) {
		t.Run(name, func(t *testing.T) {
			d := want.Shape
			goldentest.Close(t, name, mask(d[0], d[1], d[2], one).Values, want.Data, 0)
		})
	}
	check("checkerboard_one_at_origin", c.CheckerOne, bijector.Checkerboard, true)
	check("checkerboard_zero_at_origin", c.CheckerZero, bijector.Checkerboard, false)
	check("channel_first_half_one", c.ChannelOne, bijector.ChannelMask, true)
	check("channel_first_half_zero", c.ChannelZero, bijector.ChannelMask, false)
}

// given answers with fixed s and t, so that the coupling's own formula is what is tested. The transform bounds raw s
// by tanh: fixed gives atanh(s/3), and the transform's scale is 3.
type given struct{ s, t *Node }

func (n given) Apply(_ *param.Context, _ *Node, _ int) *Node {
	ratio := DivScalar(n.s, 3)
	atanh := MulScalar(Sub(Log(OnePlus(ratio)), Log(OneMinus(ratio))), 0.5)
	return Concatenate([]*Node{atanh, n.t}, -1)
}

func TestGoldenAffineCoupling(t *testing.T) {
	var file struct {
		Cases []struct {
			Label            string
			X, Mask, S, T, Y array
			LogDet           array
		}
	}
	goldentest.Load(t, "c_affine_coupling.json", &file)
	for _, c := range file.Cases {
		t.Run(c.Label, func(t *testing.T) {
			inBothTypes(t, func(t *testing.T, backend compute.Backend, dtype dtypes.DType) {
				store := model.NewStore()
				goldentest.Set(t, store, "/s_scale", array{Data: []float64{3}}, dtype)
				out := goldentest.Run(t, backend, store, func(s *model.Scope, in []*Node) []*Node {
					coupling := &bijector.Coupling{
						Mask:      bijector.Mask{Dims: c.Mask.Shape, Values: c.Mask.Data},
						Net:       given{in[1], in[2]},
						Transform: transform.Affine{Translation: transform.RawTranslation},
					}
					z, logDet := coupling.Forward(param.New(s), in[0])
					back, inverse := coupling.Inverse(param.New(s), z)
					return []*Node{z, logDet, back, Neg(inverse)}
				}, c.X.Tensor(dtype), c.S.Tensor(dtype), c.T.Tensor(dtype))
				goldentest.Check(t, "y", out[0], c.Y)
				goldentest.Check(t, "logdet", out[1], c.LogDet)
				goldentest.Check(t, "x from y", out[2], c.X)
				goldentest.Check(t, "minus the inverse's logdet", out[3], c.LogDet)
			})
		})
	}
}

func TestGoldenPreprocess(t *testing.T) {
	type each struct {
		Y        array
		LogDeriv array   `json:"logderiv"`
		Each     float64 `json:"logderiv_each"`
	}
	var c struct {
		X           array
		Logit       each    `json:"logit"`
		Scale255    each    `json:"scale255"`
		Scale256    each    `json:"scale256"`
		ImageX      array   `json:"image_x"`
		ImageY      array   `json:"image_logit_y"`
		ImageLogDet array   `json:"image_logit_logdet"`
		Image255    float64 `json:"image_scale255_logdet"`
		Image256    float64 `json:"image_scale256_logdet"`
	}
	goldentest.Load(t, "d_preprocess.json", &c)
	column := func(a array) array { return array{Shape: []int{len(a.Data), 1}, Data: a.Data} }
	logit := bijector.Logit{Alpha: 0.05, Levels: 256}
	batch := c.ImageX.Shape[0]
	cases := []struct {
		name      string
		b         bijector.Bijector
		x, y, det array
	}{
		{"logit", logit, column(c.X), column(c.Logit.Y), c.Logit.LogDeriv},
		{"scale255", bijector.Scale{By: 255}, column(c.X), column(c.Scale255.Y), array{Data: repeat(c.Scale255.Each, len(c.X.Data))}},
		{"scale256", bijector.Scale{By: 256}, column(c.X), column(c.Scale256.Y), array{Data: repeat(c.Scale256.Each, len(c.X.Data))}},
		{"image_logit", logit, c.ImageX, c.ImageY, c.ImageLogDet},
		{"image_scale255", bijector.Scale{By: 255}, c.ImageX, array{}, array{Data: repeat(c.Image255, batch)}},
		{"image_scale256", bijector.Scale{By: 256}, c.ImageX, array{}, array{Data: repeat(c.Image256, batch)}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			inBothTypes(t, func(t *testing.T, backend compute.Backend, dtype dtypes.DType) {
				out := forward(t, backend, model.NewStore(), c.b, false, c.x.Tensor(dtype))
				if c.y.Data != nil {
					goldentest.Check(t, "y", out[0], c.y)
				}
				goldentest.Check(t, "logdet", out[1], c.det)
				goldentest.Check(t, "back", out[2], c.x)
			})
		})
	}
}

func TestGoldenBatchNorm(t *testing.T) {
	var file struct {
		Cases []struct {
			Momentum, Eps float64
			Steps         []struct {
				X, Y, LogDet array
				Mean         array `json:"running_mean"`
				Var          array `json:"running_var"`
				Loss         array
				Grad         array `json:"grad_loss_x"`
			}
		}
	}
	goldentest.Load(t, "f_batchnorm.json", &file)
	for _, c := range file.Cases {
		t.Run(fmt.Sprintf("momentum=%g", c.Momentum), func(t *testing.T) {
			inBothTypes(t, func(t *testing.T, backend compute.Backend, dtype dtypes.DType) {
				norm := &bijector.BatchNorm{Momentum: c.Momentum, Epsilon: c.Eps}
				store := model.NewStore()
				for _, step := range c.Steps {
					out := goldentest.Run(t, backend, store, func(s *model.Scope, in []*Node) []*Node {
						x, c := in[0], param.New(s).InTraining()
						z, logDet := norm.Forward(c, x)
						back, _ := norm.Inverse(c, z)
						loss := ReduceAllMean(Sub(MulScalar(ReduceSum(Square(z), 1, 2, 3), 0.5), logDet))
						return []*Node{z, logDet, loss, Gradient(loss, x)[0], back}
					}, step.X.Tensor(dtype))
					goldentest.Check(t, "y", out[0], step.Y)
					goldentest.Check(t, "logdet", out[1], step.LogDet)
					goldentest.Check(t, "loss", out[2], step.Loss)
					goldentest.Check(t, "gradient", out[3], step.Grad)
					goldentest.Check(t, "back", out[4], step.X)
					goldentest.Check(t, "running mean", variableValue(store, bijector.RunningMean), step.Mean)
					goldentest.Check(t, "running variance", variableValue(store, bijector.RunningVar), step.Var)
				}
			})
		})
	}
}

func TestGoldenConvResNet(t *testing.T) {
	type kernel struct{ V, G array }
	var c struct {
		X        array
		ConvIn   kernel `json:"conv_in"`
		ConvOut  array  `json:"conv_out"`
		Norm     array  `json:"instance_norm_of_x"`
		BlockX   array  `json:"block_x"`
		Block1   []kernel
		Out1     array `json:"block1_out"`
		Block2   []kernel
		ConvLast kernel `json:"conv_last"`
		Out      array  `json:"backbone_out"`
	}
	goldentest.Load(t, "g_conv_resnet.json", &c)
	inBothTypes(t, func(t *testing.T, backend compute.Backend, dtype dtypes.DType) {
		store := model.NewStore()
		set := func(path string, k kernel) {
			goldentest.Set(t, store, path+"/v", k.V, dtype)
			goldentest.Set(t, store, path+"/g", k.G, dtype)
		}
		set("/conv_in", c.ConvIn)
		for i, block := range [][]kernel{c.Block1, c.Block2} {
			for j, k := range block {
				set(fmt.Sprintf("/block%d/conv%d", i, j), k)
			}
		}
		set("/conv_out", c.ConvLast)
		planes, channels := c.ConvIn.V.Shape[3], c.X.Shape[3]
		apply := func(parts func(c *param.Context, x *Node) *Node, x array) *tensors.Tensor {
			return goldentest.Run(t, backend, store, func(s *model.Scope, in []*Node) []*Node {
				return []*Node{parts(param.New(s), in[0])}
			}, x.Tensor(dtype))[0]
		}
		resnet := net.ResNet{Planes: planes, Blocks: 2, WeightNorm: true, Norm: net.InstanceNorm}
		goldentest.Check(t, "backbone", apply(func(c *param.Context, x *Node) *Node {
			return resnet.Apply(c, x, channels)
		}, c.X), c.Out)
		goldentest.Check(t, "weight-normalised convolution", apply(func(c *param.Context, x *Node) *Node {
			return resnet.Conv(c.In("conv_in"), x, planes)
		}, c.X), c.ConvOut)
		goldentest.Check(t, "instance norm", apply(func(c *param.Context, x *Node) *Node {
			return resnet.Norm.Normalize(c, x)
		}, c.X), c.Norm)
		goldentest.Check(t, "block", apply(func(c *param.Context, x *Node) *Node {
			return resnet.Block(c.In("block0"), x)
		}, c.BlockX), c.Out1)
	})
}

func TestGoldenFactorOut(t *testing.T) {
	var file struct {
		Cases []struct {
			FactorOuts int   `json:"factor_outs"`
			HWC        []int `json:"image_hwc"`
			NHWC       array `json:"latent_source_nhwc"`
			NCHW       array `json:"latent_source_nchw"`
		}
	}
	goldentest.Load(t, "i_factor_out.json", &file)
	for _, c := range file.Cases {
		for _, first := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d factor-outs, channels first %v", c.FactorOuts, first), func(t *testing.T) {
				inBothTypes(t, func(t *testing.T, backend compute.Backend, dtype dtypes.DType) {
					n := c.HWC[0] * c.HWC[1] * c.HWC[2]
					x := array{Shape: append([]int{1}, c.HWC...), Data: make([]float64, n)}
					for i := range x.Data {
						x.Data[i] = float64(i)
					}
					flow := factorOuts(c.HWC[0], c.HWC[1], c.HWC[2], c.FactorOuts, first)
					out := forward(t, backend, model.NewStore(), flow, false, x.Tensor(dtype))
					want := c.NHWC
					if first {
						want = c.NCHW
					}
					goldentest.Close(t, "latent", goldentest.Floats(t, out[0]), want.Data, 0)
					goldentest.Close(t, "back", goldentest.Floats(t, out[2]), x.Data, 0)
				})
			})
		}
	}
}

// factorOuts is a multi-scale flow with identity couplings: squeeze, factor out, and again.
func factorOuts(h, w, c, times int, channelsFirst bool) bijector.Bijector {
	if times == 0 {
		return bijector.Flatten{Height: h, Width: w, Channels: c, ChannelsFirst: channelsFirst}
	}
	return bijector.Chain{
		{Name: "squeeze", Bijector: bijector.Squeeze2x2{}},
		{Name: "factor_out", Bijector: bijector.FactorOut{
			Height: h / 2, Width: w / 2, Channels: 4 * c, ChannelsFirst: channelsFirst,
			Rest: factorOuts(h/2, w/2, 2*c, times-1, channelsFirst),
		}},
	}
}
