package data

import "fmt"

// IDXImages is a set of pictures in IDX files, as MNIST's are: pictures of bytes, [N, H, W] or [N, H, W, C], and labels
// [N] of any whole-number type, or none where that path is "". Each file may be packed by gzip. [Transposed] turns
// pictures that are stored column by column.
func IDXImages(name, images, labels string, opts ...Option) (*Images, error) {
	a, err := ReadIDX(images)
	if err != nil {
		return nil, err
	}
	var l *Array
	if labels != "" {
		if l, err = ReadIDX(labels); err != nil {
			return nil, err
		}
	}
	m, err := idxImages(name, a, l, gather(opts).transposed)
	if err != nil {
		return nil, fmt.Errorf("data: %s (%s): %w", name, images, err)
	}
	return m, nil
}

// idxImages makes a set of arrays; labels may be nil.
func idxImages(name string, images, labels *Array, transposed bool) (*Images, error) {
	pixels, ok := images.Values.([]uint8)
	if !ok {
		return nil, fmt.Errorf("its elements are %T: pictures are bytes, 0…255", images.Values)
	}
	s := images.Shape
	if len(s) == 3 {
		s = append(s[:3:3], 1)
	}
	if len(s) != 4 {
		return nil, fmt.Errorf("its shape is %v: pictures are [N, H, W] or [N, H, W, C]", images.Shape)
	}
	h, w, c := s[1], s[2], s[3]
	if transposed {
		pixels, h, w = transpose(pixels, h, w, c), w, h
	}
	var of []int
	if labels != nil {
		var err error
		if of, err = labels.Ints(); err != nil || len(labels.Shape) != 1 {
			return nil, fmt.Errorf("labels of type %T and shape %v: they are whole numbers, [N]", labels.Values, labels.Shape)
		}
		for i, l := range of {
			if l < 0 {
				return nil, fmt.Errorf("picture %d has the label %d: labels count from 0", i, l)
			}
		}
	}
	return NewImages(name, h, w, c, pixels, of)
}

// transpose exchanges rows and columns of each picture [h, w, c].
func transpose(pixels []uint8, h, w, c int) []uint8 {
	out := make([]uint8, 0, len(pixels))
	for ; len(out) < cap(out); pixels = pixels[h*w*c:] {
		for x := range w {
			for y := range h {
				out = append(out, pixels[(y*w+x)*c:(y*w+x+1)*c]...)
			}
		}
	}
	return out
}
