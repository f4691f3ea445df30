package data

import "math"

const faceSize = 64

// canvas is the picture being drawn, as it will be seen: each layer is laid on with a coverage of 0…1 a pixel.
type canvas [faceSize * faceSize]colour

// layer is a shape in the head's coordinates: a distance to its edge, negative inside, and the box that holds it.
type layer struct {
	x, y, w, h float64 // the box's middle and half sizes
	distance   func(x, y float64) float64
}

// oval is an ellipse as a layer.
func oval(x, y, w, h float64) layer {
	return layer{x, y, w, h, func(px, py float64) float64 { return ellipse(px-x, py-y, w, h) }}
}

// lay puts paint(u, v), a colour in the picture's coordinates, where the layer covers the picture.
func (f *face) lay(c *canvas, l layer, paint func(u, v float64) colour) {
	sin, cos := math.Sincos(f.tilt)
	// The box turned and scaled to the picture, with a pixel to spare.
	u, v := f.x+f.scale*(cos*l.x-sin*l.y), f.y+f.scale*(sin*l.x+cos*l.y)
	w, h := f.scale*(cos*l.w+math.Abs(sin)*l.h), f.scale*(cos*l.h+math.Abs(sin)*l.w)
	index := func(at float64) int { return max(0, min(faceSize, int(math.Floor((at+1)*faceSize/2)))) }
	for row := index(v - h - .05); row < index(v+h+.08); row++ {
		for column := index(u - w - .05); column < index(u+w+.08); column++ {
			pu, pv := (float64(column)+.5)/(faceSize/2)-1, (float64(row)+.5)/(faceSize/2)-1
			x, y := (pu-f.x)/f.scale, (pv-f.y)/f.scale
			if a := soft(f.scale * l.distance(cos*x+sin*y, cos*y-sin*x)); a > 0 {
				i := row*faceSize + column
				c[i] = c[i].mix(paint(pu, pv), a)
			}
		}
	}
}

func plain(c colour) func(u, v float64) colour { return func(_, _ float64) colour { return c } }

// soft turns a distance outside a shape's edge (negative inside) into coverage, over about a pixel.
func soft(distance float64) float64 {
	const pixel = 2. / faceSize
	return max(0, min(1, .5-distance/pixel))
}

// ellipse is about the distance from an ellipse's edge, negative inside.
func ellipse(x, y, w, h float64) float64 {
	q := math.Hypot(x/w, y/h)
	if q == 0 {
		return -min(w, h)
	}
	return (q - 1) * q / math.Hypot(x/(w*w), y/(h*h))
}

// draw paints the face, back to front, and returns its bytes [64, 64, 3].
func (f *face) draw() []uint8 {
	var c canvas
	for i := range c {
		c[i] = f.backTop.mix(f.backBottom, float64(i/faceSize)/faceSize)
	}
	f.body(&c)
	f.features(&c)
	f.hairOver(&c)
	out := make([]uint8, 0, len(c)*3)
	for _, p := range c {
		bits := f.rng.pcg.Uint64()
		all := coarseNormal(bits)
		for k, v := range p {
			v += f.grain * (all + .4*coarseNormal(bits>>(8*k+8)))
			out = append(out, uint8(255*max(0, min(1, v))+.5))
		}
	}
	return out
}

// coarseNormal is about a standard normal number, the sum of four 10-bit ones: enough for grain, and quick.
func coarseNormal(bits uint64) float64 {
	sum := bits&1023 + bits>>10&1023 + bits>>20&1023 + bits>>30&1023
	return (float64(sum) - 2046) / 591.2
}

// lit is the base colour as the light falls on the head: brightest where the surface faces it.
func (f *face) lit(base colour) func(u, v float64) colour {
	return func(u, v float64) colour {
		x, y := (u-f.x)/f.headW, (v-f.y)/f.headH
		round := math.Sqrt(max(0, 1-min(1, (x*x+y*y)/1.3)))
		return base.times(1 - f.contrast + f.contrast*(round+.9*(x*f.lightX+y*f.lightY)))
	}
}

// body is the hair behind, shoulders, neck, ears, head and beard.
func (f *face) body(c *canvas) {
	if !f.bald {
		f.lay(c, layer{0, 0, 1, 1.2, func(x, y float64) float64 {
			w := f.headW + f.hairSide
			if y > 0 { // falls to its length, then ends
				return max(math.Abs(x)-w, y-f.hairLength)
			}
			return ellipse(x, y, w, f.headH+f.hairTop)
		}}, f.lit(f.hair.times(.75)))
	}
	f.lay(c, oval(0, 1.35, .95, .55), f.lit(f.cloth))
	f.lay(c, layer{0, .6, .24, .35, func(x, y float64) float64 { return max(math.Abs(x)-.24, math.Abs(y-.6)-.35) }}, f.lit(f.skin.times(.82)))
	for _, side := range []float64{-1, 1} {
		f.lay(c, oval(side*(f.headW+.01), .02, .06, .11), f.lit(f.skin.times(.88)))
	}
	f.lay(c, layer{0, 0, f.headW, f.headH, f.head}, f.lit(f.skin))
	if f.beard {
		f.lay(c, layer{0, .4, f.headW, .4, func(x, y float64) float64 {
			return max(f.head(x, y), .22-y+.12*math.Cos(6*x))
		}}, f.lit(f.skin.mix(f.hair, .75)))
	}
}

// head narrows below the eyes, towards the jaw.
func (f *face) head(x, y float64) float64 {
	w := f.headW
	if y > 0 {
		w *= 1 - f.jaw*.5*(y/f.headH)*(y/f.headH)
	}
	return ellipse(x, y, w, f.headH)
}

// features are eyes, brows, glasses, nose and mouth, moved as the head is turned.
func (f *face) features(c *canvas) {
	for _, side := range []float64{-1, 1} {
		f.eye(c, side)
	}
	tip, skin := f.turn*1.4, f.skin
	f.lay(c, oval(tip, f.nose+.01, .085, .05), f.lit(skin.times(.84)))
	f.lay(c, oval(tip*.9, f.nose-.09, .042, .14), f.lit(skin.times(1.05)))
	mouth := func(w, h float64) layer { // an ellipse bent upwards by the smile
		return layer{f.turn, .37, w + .05, h + .08, func(x, y float64) float64 {
			x -= f.turn
			return ellipse(x, y-.37-f.smile*(.5-28*x*x), w, h)
		}}
	}
	f.lay(c, mouth(f.mouthW, .045+f.open*.6), f.lit(f.lips))
	f.lay(c, mouth(f.mouthW*.85, .009+f.open), plain(f.lips.times(.3).mix(colour{.93, .92, .90}, min(1, f.open*14))))
}

// eye is the eye of one side (−1 or 1) with its brow and, perhaps, glass.
func (f *face) eye(c *canvas, side float64) {
	white, dark := colour{.93, .92, .90}, colour{.04, .03, .03}
	const ey = -.06
	ex, r := f.turn+side*f.eyeGap, f.eyeH*1.05
	f.lay(c, oval(ex, ey-.01, f.eyeW*1.2, f.eyeH*1.6), f.lit(f.skin.times(.80)))
	ball := oval(ex, ey, f.eyeW, f.eyeH)
	f.lay(c, ball, plain(white))
	iris := oval(ex+f.gaze, ey, r, r)
	f.lay(c, layer{ex, ey, f.eyeW, f.eyeH, func(x, y float64) float64 { return max(ball.distance(x, y), iris.distance(x, y)) }}, plain(f.iris))
	f.lay(c, oval(ex+f.gaze, ey, r*.5, r*.5), plain(dark))
	f.lay(c, oval(ex+f.gaze-.012, ey-.014, .013, .013), plain(white))
	f.lay(c, layer{ex, ey, f.eyeW, f.eyeH + .02, func(x, y float64) float64 { // lashes
		return max(math.Abs(ball.distance(x, y))-.008, y-ey)
	}}, plain(dark))
	f.lay(c, layer{ex, ey - .115, f.eyeW * 1.25, .12, func(x, y float64) float64 { // the brow, an arch
		dx := side * (x - ex)
		return max(math.Abs(dx)-f.eyeW*1.25, math.Abs(y-ey+.125-f.browTilt*dx-1.6*dx*dx)-f.brow)
	}}, f.lit(f.hair.mix(f.skin, .15)))
	if f.glasses {
		glass := oval(ex, ey, f.eyeW*1.55, f.eyeH*2.6)
		rim := glass
		rim.distance = func(x, y float64) float64 { return math.Abs(glass.distance(x, y)) - .014 }
		f.lay(c, rim, plain(dark))
	}
}

// hairOver is the hair that lies on the forehead and, where it is long, before the shoulders.
func (f *face) hairOver(c *canvas) {
	if f.bald {
		return
	}
	shade := f.lit(f.hair)
	strands := func(u, v float64) colour { return shade(u, v).times(1 + .12*math.Sin(38*u+9*v+20*f.parting)) }
	f.lay(c, layer{0, -.5, 1, .6, func(x, y float64) float64 {
		top := ellipse(x, y, f.headW+f.hairSide*.6, f.headH+f.hairTop)
		return max(top, y-f.fringe-1.2*(x-f.parting)*(x-f.parting))
	}}, strands)
	if f.longHair {
		f.lay(c, layer{0, .4, 1, .8, func(x, y float64) float64 {
			inner := f.headW*.93 + .05*y
			return max(inner-math.Abs(x), math.Abs(x)-f.headW-f.hairSide, -.3-y, y-f.hairLength)
		}}, strands)
	}
}
