package data

import (
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // CelebA's pictures, and most readers'
	_ "image/png"
	"io"
	"os"
)

// ErrMissing is what the error of a set that isn't on this machine (and can't be downloaded) wraps, so that a caller
// can fall back on another.
var ErrMissing = errors.New("the data set is not here")

// gallery is pictures still to be made: a name and label for each, and what makes one.
type gallery struct {
	name    string
	h, w, c int
	names   []string
	labels  []uint8 // of each, or nil
	classes []string
	picture func(i int) ([]uint8, error) // [h, w, c]; called from several goroutines at once
}

// decoded streams the gallery into a cache and maps it, or maps the cache of an earlier call. Pictures are made on
// every core, and only a few are in memory at a time. One that fails is left out and named in Skipped.
func (o *options) decoded(g gallery, cache, source string) (*Images, error) {
	if m, err := openCache(cache, source); err == nil {
		return m, nil
	}
	m := &Images{Name: g.name, H: g.h, W: g.w, C: g.c, Classes: g.classes}
	w, err := o.newCacheWriter(cache, m)
	if err != nil {
		return nil, err
	}
	type result struct {
		pixels []uint8
		err    error
	}
	err = ordered(o.ctx, len(g.names),
		func(i int) result {
			pixels, err := g.picture(i)
			return result{pixels, err}
		},
		func(i int, r result) error {
			o.progress(Progress{g.name, int64(i + 1), int64(len(g.names)), "pictures"})
			if r.err != nil {
				m.Skipped = append(m.Skipped, g.names[i]+": "+r.err.Error())
				return nil
			}
			if g.labels != nil {
				m.Labels = append(m.Labels, g.labels[i])
			}
			return w.add(r.pixels)
		})
	if err == nil && w.n == 0 {
		err = fmt.Errorf("data: none of the %d pictures of %s could be used; the first: %s", len(g.names), g.name, m.Skipped[0])
	}
	if err == nil {
		err = w.finish(cache, source)
	}
	if err != nil {
		w.abandon()
		if o.ctx.Err() != nil {
			return nil, fmt.Errorf("data: decoding %s stopped after %d of %d pictures; call again to start over: %w", g.name, w.n, len(g.names), err)
		}
		return nil, err
	}
	return openCache(cache, source)
}

// decode opens and decodes a picture and gives it its shape. What a decoder panics over is an error like another.
func decode(open func() (io.ReadCloser, error), shape func(image.Image) ([]uint8, error)) (pixels []uint8, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("does not decode: %v", r)
		}
	}()
	f, err := open()
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err // the name is said already
		}
		return nil, err
	}
	defer f.Close()
	m, _, err := image.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("does not decode: %w", err)
	}
	return shape(m)
}

func openFile(path string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(path) }
}
