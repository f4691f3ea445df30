package data

import (
	"errors"
	"fmt"
)

// ErrMissing is what the error of a set that isn't on this machine (and can't be downloaded) wraps, so that a caller
// can fall back on another.
var ErrMissing = errors.New("the data set is not here")

// gallery is pictures still to be made: a name and label for each, and what makes one.
type gallery struct {
	name    string
	h, w, c int
	names   []string
	labels  []int // of each, or nil
	classes []string
	skipped []string                     // left out already, each with the reason
	picture func(i int) ([]uint8, error) // [h, w, c]; called from several goroutines at once
}

// decoded streams the gallery into a cache and maps it, or maps the cache of an earlier call. Pictures are made on
// every core, and only a few are in memory at a time. One that fails is left out and named in Skipped. Where no cache
// can be begun, as in a state folder that is read-only, the set is gathered in memory.
func (o *options) decoded(g gallery, cache, source string) (*Images, error) {
	if m, err := openCache(cache, source); err == nil {
		return m, nil
	}
	m := &Images{Name: g.name, H: g.h, W: g.w, C: g.c, Classes: g.classes, Skipped: g.skipped}
	w, err := o.newCacheWriter(cache, m)
	if err != nil {
		keep := func(pixels []uint8) error { m.Pixels = append(m.Pixels, pixels...); return nil }
		if err := o.gather(g, m, keep, func() error { m.Digest = m.digest(); return nil }); err != nil {
			return nil, err
		}
		return m, nil
	}
	if err := o.gather(g, m, w.add, func() error { return w.finish(cache, source) }); err != nil {
		w.abandon()
		return nil, err
	}
	return openCache(cache, source)
}

// gather makes the gallery's pictures, hands them to add in order, puts labels and skipped files into m, and ends with
// finish.
func (o *options) gather(g gallery, m *Images, add func(pixels []uint8) error, finish func() error) error {
	type result struct {
		pixels []uint8
		err    error
	}
	n := 0
	err := ordered(o.ctx, len(g.names),
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
			n++
			return add(r.pixels)
		})
	switch {
	case o.ctx.Err() != nil && err != nil:
		return fmt.Errorf("data: decoding %s stopped after %d of %d pictures; call again to start over: %w", g.name, n, len(g.names), err)
	case err != nil:
		return err
	case n == 0:
		return fmt.Errorf("data: none of the %d pictures of %s could be used; the first: %s", len(m.Skipped), g.name, m.Skipped[0])
	}
	return finish()
}
