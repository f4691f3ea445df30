package data

import "math"

// colour is linear in 0…1 for each of red, green, blue.
type colour [3]float64

func (c colour) mix(to colour, t float64) colour {
	for k := range c {
		c[k] += (to[k] - c[k]) * t
	}
	return c
}

func (c colour) times(f float64) colour { return colour{c[0] * f, c[1] * f, c[2] * f} }

// face is the traits of a drawn face. Lengths are in half heights of the picture, whose middle is (0, 0), y downwards.
type face struct {
	rng                            random
	skin, hair, iris, lips, cloth  colour
	backTop, backBottom            colour
	x, y, tilt, turn, scale        float64 // pose; turn moves the features sideways on the head
	headW, headH, jaw              float64
	hairTop, hairSide, hairLength  float64
	fringe, parting                float64
	eyeGap, eyeW, eyeH, gaze       float64
	brow, browTilt, nose           float64
	mouthW, smile, open            float64
	lightX, lightY, contrast       float64
	glasses, beard, bald, longHair bool
	grain                          float64
}

var (
	skins = []colour{{.98, .84, .74}, {.94, .76, .63}, {.86, .66, .50}, {.72, .50, .36}, {.52, .34, .24}, {.38, .25, .18}}
	hairs = []colour{{.08, .06, .05}, {.18, .11, .07}, {.34, .20, .11}, {.55, .36, .17}, {.83, .68, .40}, {.60, .24, .10}, {.62, .60, .58}}
	irids = []colour{{.22, .13, .07}, {.36, .24, .12}, {.25, .42, .55}, {.30, .45, .28}}
)

// newFace draws the traits.
func newFace(r random) *face {
	between := func(lo, hi float64) float64 { return lo + (hi-lo)*r.uniform() }
	// around is bell-shaped and bounded: mean ± about twice the spread.
	around := func(mean, spread float64) float64 { return mean + spread*max(-2, min(2, r.normal())) }
	pick := func(from []colour) colour { return from[r.below(len(from))] }
	chance := func(p float64) bool { return r.uniform() < p }
	jitter := func(c colour, by float64) colour {
		for k := range c {
			c[k] = max(0, min(1, c[k]+between(-by, by)))
		}
		return c
	}
	tone := between(0, float64(len(skins)-1))
	i := min(int(tone), len(skins)-2)
	f := &face{
		rng:  r,
		skin: jitter(skins[i].mix(skins[i+1], tone-float64(i)), .02),
		hair: jitter(pick(hairs), .04),
		iris: jitter(pick(irids), .04),
		x:    around(0, .04), y: around(.05, .03), tilt: around(0, .07), turn: around(0, .06), scale: around(1, .05),
		headW: around(.50, .025), headH: around(.66, .03), jaw: between(0, .35),
		hairTop: between(.08, .20), hairSide: between(.05, .14), fringe: between(-.62, -.36), parting: between(-.4, .4),
		eyeGap: around(.205, .012), eyeW: around(.105, .008), eyeH: around(.046, .007), gaze: around(0, .012),
		brow: between(.018, .034), browTilt: around(0, .10), nose: around(.15, .015),
		mouthW: around(.19, .02), smile: around(.03, .025), open: max(0, around(.008, .018)),
		lightX: between(-.8, .8), lightY: between(-.8, .2), contrast: between(.10, .32),
		glasses: chance(.12), grain: between(.006, .018),
	}
	f.lips = f.skin.mix(colour{.72, .22, .24}, between(.25, .75))
	f.cloth = jitter(colour{r.uniform(), r.uniform(), r.uniform()}, 0).times(between(.3, .9))
	f.backTop = colour{r.uniform(), r.uniform(), r.uniform()}.mix(colour{.5, .5, .5}, .5)
	f.backBottom = jitter(f.backTop, .2)
	f.longHair = chance(.5)
	f.hairLength = between(-.1, .25)
	if f.longHair {
		f.hairLength = between(.5, 1.1)
	} else {
		f.beard = chance(.3)
		f.bald = chance(.08)
	}
	if math.Abs(f.turn) > .1 { // hair and light go with the head
		f.parting += f.turn
	}
	return f
}
