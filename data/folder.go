package data

import (
	"fmt"
	"image"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/image/draw"
)

// folderVersion names the state of what makes a folder's pictures: a change to it must change this, so that no old
// cache is taken for them.
const folderVersion = "4"

// ImageFolder is a reader's own pictures: every JPEG, PNG, GIF, WebP, BMP and TIFF (of an animation the first picture) in
// dir and the folders in it, in the order of their names, turned as their EXIF orientation says, each cut to the aspect
// h:w around its middle and shrunk by area to [h, w, c]; c is 3 for colour (a grey picture gets three equal channels) or
// 1 for grey. What is transparent is laid on black. Where the pictures lie in folders within dir, these are the classes.
//
// Links are followed, to files and to folders. What begins with a dot is passed over at every depth, as are the folders
// that other systems leave (__MACOSX, @eaDir). A file that does not decode, a link that leads nowhere or in a circle, a
// picture of a format that cannot be read here (HEIC, AVIF, …) and one that is smaller than h×w are left out and named
// in the set's Skipped, which [Images.String] tells of; with [Enlarge] the small ones are used.
//
// The first call decodes on all cores into a cache under [home.Dir], without holding the pictures in memory; later
// calls map that, until a file is added, removed or changed. Where the cache cannot be written, the pictures are held
// in memory.
func ImageFolder(dir string, h, w, c int, opts ...Option) (*Images, error) {
	if h < 1 || w < 1 || h > 1<<24/w || c != 1 && c != 3 {
		return nil, fmt.Errorf("data: pictures of %d×%d×%d: height and width must be at least 1 and of at most 16 million pixels, and channels 1 or 3", h, w, c)
	}
	found, err := findPictures(dir)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	names := found.names
	if len(names) == 0 && len(found.skipped) > 0 {
		return nil, fmt.Errorf("data: %w: no picture in %s or its folders can be read; the first: %s", ErrMissing, dir, found.skipped[0])
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("data: %w: no .jpg, .png or other picture in %s or its folders", ErrMissing, dir)
	}
	o := gather(opts)
	name := filepath.Base(absolute(dir))
	kind := fmt.Sprintf("folder-%s-%dx%dx%d", name, h, w, c)
	if o.enlarge {
		kind += "-enlarged"
	}
	labels, classes := classesOf(names)
	paths := []string{}
	for _, n := range names {
		paths = append(paths, filepath.Join(dir, n))
	}
	source := fmt.Sprintf("version %s %s %q", folderVersion, stamp(paths...), found.skipped)
	return o.decoded(gallery{
		name: name, h: h, w: w, c: c, names: names, labels: labels, classes: classes, skipped: found.skipped,
		picture: func(i int) ([]uint8, error) {
			return decode(openFile(paths[i]), func(m image.Image) ([]uint8, error) { return o.fit(m, h, w, c) })
		},
	}, cachePath(kind, dir), source)
}

// fit cuts a picture to the aspect h:w around its middle and gives it the size [h, w, c].
func (o *options) fit(m image.Image, h, w, c int) ([]uint8, error) {
	b := m.Bounds()
	cut := centre(b, h, w)
	var pixels []uint8
	switch {
	case b.Dy() >= h && b.Dx() >= w:
		pixels = shrink(rgb(m, cut), cut.Dy(), cut.Dx(), 3, h, w)
	case o.enlarge && !b.Empty():
		large := image.NewRGBA(image.Rect(0, 0, w, h))
		draw.CatmullRom.Scale(large, large.Bounds(), m, cut, draw.Src, nil)
		pixels = rgb(large, large.Bounds())
	default:
		return nil, fmt.Errorf("is %d×%d, smaller than %d×%d (Enlarge takes it all the same)", b.Dy(), b.Dx(), h, w)
	}
	if c == 1 {
		pixels = grey(pixels)
	}
	return pixels, nil
}

// classesOf numbers the first folders of the names in their order; nil where the files lie in none.
func classesOf(names []string) (labels []int, classes []string) {
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
		return nil, nil
	}
	for _, n := range names {
		i, _ := slices.BinarySearch(classes, first(n))
		labels = append(labels, i)
	}
	return labels, classes
}
