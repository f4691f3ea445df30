package export

import (
	"bytes"
	"image"
	_ "image/gif" // figures may be GIF
	"image/jpeg"
	"image/png"
	"math"
	"slices"
	"sync"

	"golang.org/x/image/draw"
)

func canShrink(mime string) bool {
	return slices.Contains([]string{"image/png", "image/jpeg", "image/gif"}, mime)
}

// largest is how many pixels an image may have to be made smaller: more could fill the memory.
const largest = 64 << 20

// shrink makes an image smaller until it takes no more than limit bytes; nil when that needs fewer than 32 pixels.
func shrink(data []byte, limit int64) ([]byte, string) {
	if config, _, err := image.DecodeConfig(bytes.NewReader(data)); err != nil || config.Width > largest/max(1, config.Height) {
		return nil, ""
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, ""
	}
	size := img.Bounds().Size()
	// The bytes of an image go about with its area; what is guessed too large is tried again smaller.
	for scale := 0.95 * math.Sqrt(float64(limit)/float64(len(data))); ; scale *= 0.75 {
		w, h := int(float64(size.X)*scale), int(float64(size.Y)*scale)
		if w < 32 || h < 32 {
			return nil, ""
		}
		small := image.NewRGBA(image.Rect(0, 0, w, h))
		draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src) // figures stand on white
		draw.BiLinear.Scale(small, small.Bounds(), img, img.Bounds(), draw.Over, nil)
		var b bytes.Buffer
		if (&png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: buffers{}}).Encode(&b, small) == nil && int64(b.Len()) <= limit {
			return b.Bytes(), "image/png"
		}
		b.Reset()
		if jpeg.Encode(&b, small, &jpeg.Options{Quality: 80}) == nil && int64(b.Len()) <= limit {
			return b.Bytes(), "image/jpeg"
		}
	}
}

// buffers lends the encoder of PNG its memory again.
type buffers struct{}

var pool sync.Pool

func (buffers) Get() *png.EncoderBuffer {
	b, _ := pool.Get().(*png.EncoderBuffer)
	return b
}

func (buffers) Put(b *png.EncoderBuffer) { pool.Put(b) }
