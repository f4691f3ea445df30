package data

import (
	"bufio"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"

	"flowbook/journal/home"
)

const (
	celebaH, celebaW = 218, 178 // an aligned picture
	celebaCrop       = 148      // the square cut from its middle
	celebaSize       = 64       // and what that is shrunk to
)

// CelebA is the faces of Liu et al. 2015, the aligned version, as Real NVP's paper uses them: the 148×148 in the middle of
// each 178×218 picture, shrunk by area to 64×64×3. list_eval_partition.txt divides them into 162,770 to train on,
// 19,867 for validation and 19,962 to test on. Walk the training set with [Batches.Flip].
//
// They come from the folder of [From]; else from the one that $FLOWBOOK_CELEBA names; else from [home.Dir]/data/celeba. It
// holds list_eval_partition.txt and either img_align_celeba.zip or the .jpg files (or a copy of them as .png), in a folder
// img_align_celeba or as they are; Eval and Img, the folders of the set's own page, are looked into. The set may not be downloaded without asking its makers, so flowbook does not; where it isn't, the error
// wraps [ErrMissing] and says where to get it, and [ProceduralFaces] can stand in.
//
// A picture that is missing, does not decode or has another size is left out and named in the set's Skipped; a grey one
// becomes three equal channels. The first call decodes on all cores into a cache under [home.Dir] (2.5 GB), without holding
// the pictures in memory; later calls map that.
func CelebA(opts ...Option) (train, validation, test *Images, err error) {
	o := gather(opts)
	dir := o.dir
	if dir == "" {
		dir = os.Getenv("FLOWBOOK_CELEBA")
	}
	if dir == "" {
		dir = home.Path("data", "celeba")
	}
	list, pictures, err := findCelebA(dir)
	if err != nil {
		return nil, nil, nil, err
	}
	var sets [3]*Images
	var caches [3]string
	source, warm := stamp(list, pictures), true
	for i, name := range celebaNames {
		caches[i] = cachePath(name, dir)
		if sets[i], err = openCache(caches[i], source); err != nil {
			warm = false
		}
	}
	if warm {
		return sets[0], sets[1], sets[2], nil
	}
	parts, err := celebaPartition(list)
	if err != nil {
		return nil, nil, nil, err
	}
	open, closer, err := openCelebA(pictures)
	if err != nil {
		return nil, nil, nil, err
	}
	defer closer.Close()
	for i, name := range celebaNames {
		sets[i], err = o.decoded(gallery{
			name: name, h: celebaSize, w: celebaSize, c: 3, names: parts[i],
			picture: func(k int) ([]uint8, error) {
				return decode(func() (io.ReadCloser, error) { return open(parts[i][k]) }, celebaShape)
			},
		}, caches[i], source)
		if err != nil {
			return nil, nil, nil, err
		}
	}
	return sets[0], sets[1], sets[2], nil
}

var celebaNames = [3]string{"celeba-train", "celeba-validation", "celeba-test"}

// celebaShape cuts and shrinks an aligned picture.
func celebaShape(m image.Image) ([]uint8, error) {
	b := m.Bounds()
	if b.Dy() != celebaH || b.Dx() != celebaW {
		return nil, fmt.Errorf("is %d×%d, not %d×%d as the aligned pictures are", b.Dy(), b.Dx(), celebaH, celebaW)
	}
	x, y := b.Min.X+(celebaW-celebaCrop)/2, b.Min.Y+(celebaH-celebaCrop)/2
	cut := image.Rect(x, y, x+celebaCrop, y+celebaCrop)
	return shrink(rgb(m, cut), celebaCrop, celebaCrop, 3, celebaSize, celebaSize), nil
}

// celebaPartition reads the names of the three parts.
func celebaPartition(list string) (parts [3][]string, err error) {
	f, err := os.Open(list)
	if err != nil {
		return parts, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	for line := 1; in.Scan(); line++ {
		text := strings.TrimPrefix(in.Text(), "\ufeff") // the mark that some editors put first
		fields := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' || r == '\r' })
		switch {
		case len(fields) == 0, line == 1 && fields[0] == "image_id":
		case len(fields) == 2 && len(fields[1]) == 1 && fields[1][0] >= '0' && fields[1][0] <= '2' && filepath.IsLocal(fields[0]):
			parts[fields[1][0]-'0'] = append(parts[fields[1][0]-'0'], fields[0])
		default:
			return parts, fmt.Errorf("data: %s, line %d: %.40q is not a picture's name and 0, 1 or 2; fetch the file again", list, line, text)
		}
	}
	if err := in.Err(); err != nil {
		return parts, fmt.Errorf("data: reading %s: %w", list, err)
	}
	for i, p := range parts {
		if len(p) == 0 {
			return parts, fmt.Errorf("data: %s lists no picture of partition %d (%s): it is truncated; fetch it again", list, i, celebaNames[i])
		}
	}
	return parts, nil
}
