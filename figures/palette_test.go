package figures

import (
	"image/color"
	"math"
	"testing"
)

// sight maps linear RGB to what eyes with a missing cone see, by the matrices of
// Machado, Oliveira and Fernandes 2009, severity 1.
var sight = map[string][3][3]float64{
	"normal":     {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia": {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deutanopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia": {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func linear(c color.NRGBA) [3]float64 {
	var l [3]float64
	for i, v := range []uint8{c.R, c.G, c.B} {
		l[i] = float64(v) / 255
		if l[i] <= 0.04045 {
			l[i] /= 12.92
		} else {
			l[i] = math.Pow((l[i]+0.055)/1.055, 2.4)
		}
	}
	return l
}

func luminance(c color.NRGBA) float64 {
	l := linear(c)
	return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
}

// lab is CIE L*a*b* of linear RGB under D65, in which distances are about even.
func lab(l [3]float64) [3]float64 {
	f := func(t float64) float64 {
		if t > 0.008856 {
			return math.Cbrt(t)
		}
		return 7.787*t + 16.0/116
	}
	x := f((0.4124*l[0] + 0.3576*l[1] + 0.1805*l[2]) / 0.95047)
	y := f(0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2])
	z := f((0.0193*l[0] + 0.1192*l[1] + 0.9505*l[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func seen(c color.NRGBA, m [3][3]float64) [3]float64 {
	l := linear(c)
	var out [3]float64
	for i := range 3 {
		out[i] = min(max(m[i][0]*l[0]+m[i][1]*l[1]+m[i][2]*l[2], 0), 1)
	}
	return lab(out)
}

func TestCurvesAreToldApart(t *testing.T) {
	const least = 12 // CIE76; 2 to 3 is just seen side by side
	for eyes, m := range sight {
		for i, a := range cycle {
			for _, b := range cycle[:i] {
				la, lb := seen(a, m), seen(b, m)
				d := math.Sqrt(math.Pow(la[0]-lb[0], 2) + math.Pow(la[1]-lb[1], 2) + math.Pow(la[2]-lb[2], 2))
				if d < least {
					t.Errorf("%s: %v and %v are %.1f apart, less than %d", eyes, a, b, d, least)
				}
			}
		}
	}
}

// What is drawn is seen on white paper and on the darkest pages that it is shown on: the journal's at night, JupyterLab's.
func TestContrastWithPages(t *testing.T) {
	for _, c := range append([]color.NRGBA{Ink, Frame}, cycle...) {
		for _, page := range []color.NRGBA{Paper, rgb(0x1C1F24), rgb(0x111111)} {
			if got := contrast(c, page); got < 3 {
				t.Errorf("%v has contrast %.2f with a page of %v, less than 3", c, got, page)
			}
		}
	}
	if got := contrast(Ink, Paper); got < 4.5 {
		t.Errorf("text has contrast %.2f with paper, less than 4.5", got)
	}
	if got := contrast(Paper, Blue); got < 4.5 {
		t.Errorf("text on blue has contrast %.2f with it, less than 4.5", got)
	}
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a)+0.05, luminance(b)+0.05
	return max(x, y) / min(x, y)
}

// Each shade of a map is darker than the one before, in colour and in print.
func TestShadesDarken(t *testing.T) {
	for i := range 100 {
		if a, b := luminance(shade(float64(i)/100)), luminance(shade(float64(i+1)/100)); b >= a {
			t.Errorf("shade at %d %% is not darker than the one before", i+1)
		}
	}
}
