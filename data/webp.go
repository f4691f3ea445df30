package data

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"math"

	"golang.org/x/image/riff"
	"golang.org/x/image/webp"
)

// A WebP file is chunks: https://developers.google.com/speed/webp/docs/riff_container.

// webpChunk is the content of the first chunk of that name; nil where there is none.
func webpChunk(content []byte, name string) []byte {
	_, file, err := riff.NewReader(bytes.NewReader(content))
	for err == nil {
		var id riff.FourCC
		var chunk io.Reader
		if id, _, chunk, err = file.Next(); err == nil && string(id[:]) == name {
			found, err := io.ReadAll(chunk)
			if err != nil {
				return nil
			}
			return found
		}
	}
	return nil
}

// isAnimatedWebP reads the flag of the extended header.
func isAnimatedWebP(content []byte) bool {
	const flags, animation = 20, 1 << 1
	return len(content) > flags && string(content[8:16]) == "WEBPVP8X" && content[flags]&animation != 0
}

// animatedWebP decodes the first frame of an animated WebP, which golang.org/x/image/webp does not read, on its canvas.
// A frame's chunk has a header of 16 bytes and then the chunks of a still picture.
func animatedWebP(content []byte) (image.Image, error) {
	header, frame := webpChunk(content, "VP8X"), webpChunk(content, "ANMF")
	if len(header) < 10 || len(frame) < 16 {
		return nil, errors.New("webp: an animation without a whole frame")
	}
	canvas := image.Rect(0, 0, 1+uint24(header[4:]), 1+uint24(header[7:]))
	for _, size := range []image.Point{canvas.Max, {1 + uint24(frame[6:]), 1 + uint24(frame[9:])}} {
		if err := decodable(size); err != nil {
			return nil, err
		}
	}
	m, err := webp.Decode(bytes.NewReader(stillWebP(frame[6:12], frame[16:])))
	if err != nil {
		return nil, err
	}
	fullRange(m)
	return onCanvas(m, canvas, image.Pt(2*uint24(frame), 2*uint24(frame[3:]))), wholeWebP(content)
}

// wholeWebP fails where a file ends before the length in its header: its picture may be there, and not the orientation
// that follows.
func wholeWebP(content []byte) error {
	if want := 8 + int64(binary.LittleEndian.Uint32(content[4:])); int64(len(content)) < want {
		return fmt.Errorf("it is truncated: %d bytes of %d", len(content), want)
	}
	return nil
}

// stillWebP is a file of one picture, of its chunks and its size as a frame's header has it.
func stillWebP(size, chunks []byte) []byte {
	const alpha = 1 << 4
	body := []byte("WEBP")
	if bytes.HasPrefix(chunks, []byte("ALPH")) { // which wants the extended header
		body = append(append(body, "VP8X\x0a\x00\x00\x00"...), alpha, 0, 0, 0)
		body = append(body, size...)
	}
	body = append(body, chunks...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// fullRange stretches a lossy WebP's luma from 16…235 and its chroma from 16…240 to 0…255, in place. VP8 stores the
// narrow ranges of ITU-R BT.601 and golang.org/x/image leaves them so, where image/color takes the full ones of JPEG.
func fullRange(m image.Image) {
	var planes *image.YCbCr
	switch m := m.(type) {
	case *image.YCbCr:
		planes = m
	case *image.NYCbCrA:
		planes = &m.YCbCr
	default: // lossless: colours as they are
		return
	}
	stretch := func(plane []uint8, from, to, span float64) {
		for i, v := range plane {
			plane[i] = uint8(math.Round(max(0, min(255, to+(float64(v)-from)*255/span))))
		}
	}
	stretch(planes.Y, 16, 0, 219)
	stretch(planes.Cb, 128, 128, 224)
	stretch(planes.Cr, 128, 128, 224)
}
