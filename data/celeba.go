package data

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path"
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
// holds list_eval_partition.txt and either img_align_celeba.zip or the .jpg files, in a folder img_align_celeba or as
// they are. The set may not be downloaded without asking its makers, so flowbook does not; where it isn't, the error
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

// findCelebA is the list of the partition (the .txt, or the .csv that Kaggle makes of it) and the pictures' zip or folder.
func findCelebA(dir string) (list, pictures string, err error) {
	for _, name := range []string{"list_eval_partition.txt", "list_eval_partition.csv"} {
		if list = filepath.Join(dir, name); isFile(list) {
			break
		}
	}
	missing := ""
	if !isFile(list) {
		missing = "list_eval_partition.txt"
	}
	if pictures = filepath.Join(dir, "img_align_celeba.zip"); !isFile(pictures) {
		pictures = ""
		for _, sub := range []string{"img_align_celeba/img_align_celeba", "img_align_celeba", "."} {
			if at := filepath.Join(dir, sub); pictures == "" && holdsJPEG(at) {
				pictures = at
			}
		}
	}
	if missing == "" && pictures == "" {
		missing = "img_align_celeba.zip or .jpg files"
	}
	if missing != "" {
		return "", "", fmt.Errorf("data: CelebA: %w: no %s in %s: get img_align_celeba.zip and list_eval_partition.txt from https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html and put them there, or name their folder with From or FLOWBOOK_CELEBA",
			ErrMissing, missing, dir)
	}
	return list, pictures, nil
}

// holdsJPEG tells whether a folder has a .jpg, without listing all of a large one.
func holdsJPEG(dir string) bool {
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	for {
		names, err := f.Readdirnames(256)
		for _, n := range names {
			if strings.HasSuffix(n, ".jpg") {
				return true
			}
		}
		if err != nil {
			return false
		}
	}
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
		fields := strings.FieldsFunc(in.Text(), func(r rune) bool { return r == ' ' || r == '\t' || r == ',' || r == '\r' })
		switch {
		case len(fields) == 0, line == 1 && fields[0] == "image_id":
		case len(fields) == 2 && len(fields[1]) == 1 && fields[1][0] >= '0' && fields[1][0] <= '2' && filepath.IsLocal(fields[0]):
			parts[fields[1][0]-'0'] = append(parts[fields[1][0]-'0'], fields[0])
		default:
			return parts, fmt.Errorf("data: %s, line %d: %.40q is not a picture's name and 0, 1 or 2; fetch the file again", list, line, in.Text())
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

// openCelebA gives the opener of a picture by its name, in a zip or a folder.
func openCelebA(pictures string) (open func(name string) (io.ReadCloser, error), closer io.Closer, err error) {
	if filepath.Ext(pictures) != ".zip" {
		return func(name string) (io.ReadCloser, error) { return os.Open(filepath.Join(pictures, name)) }, io.NopCloser(nil), nil
	}
	z, err := zip.OpenReader(pictures)
	if err != nil {
		return nil, nil, fmt.Errorf("data: %s is truncated or no zip file (%v): fetch it again", pictures, err)
	}
	entries := map[string]*zip.File{}
	for _, f := range z.File {
		entries[path.Base(f.Name)] = f
	}
	return func(name string) (io.ReadCloser, error) {
		if f := entries[name]; f != nil {
			return f.Open()
		}
		return nil, errors.New("is not in img_align_celeba.zip")
	}, z, nil
}
