package data

import (
	"fmt"
	"image"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// ImageFolder is a reader's own pictures: every .jpg, .jpeg and .png in dir and the folders in it, in the order of their
// names, each cut to the aspect h:w around its middle and shrunk by area to [h, w, c]; c is 3 for colour (a grey
// picture gets three equal channels) or 1 for grey. Where the pictures lie in folders within dir, these are the classes.
//
// A file that does not decode, or is smaller than h×w, is left out and named in the set's Skipped. The first call
// decodes on all cores into a cache under [home.Dir], without holding the pictures in memory; later calls map that, until a
// file is added, removed or changed.
func ImageFolder(dir string, h, w, c int, opts ...Option) (*Images, error) {
	if h < 1 || w < 1 || h*w > 1<<24 || c != 1 && c != 3 {
		return nil, fmt.Errorf("data: pictures of %d×%d×%d: height and width must be at least 1, and channels 1 or 3", h, w, c)
	}
	var names []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && isPicture(path) {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("data: %w: no .jpg, .jpeg or .png in %s or its folders", ErrMissing, dir)
	}
	labels, classes, err := classesOf(names)
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w", dir, err)
	}
	var paths []string
	for _, n := range names {
		paths = append(paths, filepath.Join(dir, n))
	}
	o := gather(opts)
	name := filepath.Base(absolute(dir))
	cache := cachePath(fmt.Sprintf("folder-%s-%dx%dx%d", name, h, w, c), dir)
	shape := func(m image.Image) ([]uint8, error) {
		b := m.Bounds()
		if b.Dy() < h || b.Dx() < w {
			return nil, fmt.Errorf("is %d×%d, smaller than %d×%d", b.Dy(), b.Dx(), h, w)
		}
		cut := centre(b, h, w)
		pixels := shrink(rgb(m, cut), cut.Dy(), cut.Dx(), 3, h, w)
		if c == 1 {
			pixels = grey(pixels)
		}
		return pixels, nil
	}
	return o.decoded(gallery{
		name: name, h: h, w: w, c: c, names: names, labels: labels, classes: classes,
		picture: func(i int) ([]uint8, error) {
			return decode(openFile(filepath.Join(dir, names[i])), shape)
		},
	}, cache, stamp(paths...))
}

func isPicture(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".jpg", ".jpeg", ".png":
		return !strings.HasPrefix(filepath.Base(path), ".")
	}
	return false
}

// classesOf numbers the first folders of the names in their order; nil where the files lie in none.
func classesOf(names []string) (labels []uint8, classes []string, err error) {
	first := func(name string) string {
		dir, _, in := strings.Cut(filepath.ToSlash(name), "/")
		if !in {
			return "."
		}
		return dir
	}
	for _, n := range names {
		classes = append(classes, first(n))
	}
	slices.Sort(classes)
	classes = slices.Compact(classes)
	if len(classes) == 1 {
		return nil, nil, nil
	}
	if len(classes) > 256 {
		return nil, nil, fmt.Errorf("%d folders of pictures: at most 256 classes are possible", len(classes))
	}
	for _, n := range names {
		i, _ := slices.BinarySearch(classes, first(n))
		labels = append(labels, uint8(i))
	}
	return labels, classes, nil
}
