package data

import (
	"fmt"
	"strings"
)

var fashionMNIST = cousin("fashion-mnist", "Fashion-MNIST", "FashionMNIST/raw", [4]string{
	// The digests that TensorFlow Datasets checks.
	"08dc20ab1689590a0bcd66e874647b6ee8464e2d501b5a3f1f78831db19a3fdc",
	"b0197879cbda89f3dc7b894f9fd52b858e68ea4182b6947c9d8c2b67e5f18dcc",
	"78dcbbfb5a27efaf1b6c1d616caca68560be8766c5bffcb2791df9273a534229",
	"42bd18137a62d5998cdeae52bf3a0676ac6b706f5cf8439b47bb5b151ae3dccf",
}, "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
	"T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")

var kmnist = cousin("kmnist", "KMNIST", "KMNIST/raw", [4]string{
	// The digests that the torchvision gem for Ruby checks.
	"51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
	"e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
	"edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
	"20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
}, "http://codh.rois.ac.jp/kmnist/dataset/kmnist",
	"o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")

// cousin is a set with the file names and sizes of MNIST's.
func cousin(name, title, torchvision string, gz [4]string, mirror string, classes ...string) idxSet {
	set := idxSet{name: name, title: title, torchvision: torchvision, files: mnist.files, mirrors: []string{mirror}, classes: classes}
	for i := range set.files {
		set.files[i].sha256, set.files[i].gz = "", gz[i]
	}
	return set
}

// FashionMNIST is the articles of clothing of Xiao, Rasul and Vollgraf 2017: MNIST's sizes and file names, ten classes.
// The files, .gz or unpacked, come from the folder of [From]; else from [home.Dir]/data/fashion-mnist; else they are
// downloaded there.
func FashionMNIST(opts ...Option) (train, test *Images, err error) {
	return gather(opts).idx(fashionMNIST)
}

// KMNIST is the cursive Japanese of Clanuwat et al. 2018: MNIST's sizes and file names, ten classes. The files, .gz or
// unpacked, come from the folder of [From]; else from [home.Dir]/data/kmnist; else they are downloaded there.
func KMNIST(opts ...Option) (train, test *Images, err error) { return gather(opts).idx(kmnist) }

const (
	digits = "0123456789"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lower  = "abcdefghijklmnopqrstuvwxyz"
)

// emnistClasses is what each division's labels stand for. Where lower-case letters look like the upper-case ones, the
// merged divisions have one class for both.
var emnistClasses = map[string]string{
	"byclass": digits + upper + lower, "bymerge": digits + upper + "abdefghnqrt", "balanced": digits + upper + "abdefghnqrt",
	"letters": lower, "digits": digits, "mnist": digits,
}

// EMNIST is the handwritten letters and digits of Cohen, Afshar, Tapson and van Schaik 2017, 28×28×1. division is
// "byclass" (62 classes), "bymerge" or "balanced" (47), "letters" (26, of either case), "digits" or "mnist" (10). Its
// files hold each picture column by column, and the letters count from 1; here the pictures are upright and labels
// count from 0, so that Classes names them. The files of the division, .gz or unpacked, come from the folder of [From];
// else from [home.Dir]/data/emnist. They are not downloaded: the error, which wraps [ErrMissing], says where they are.
func EMNIST(division string, opts ...Option) (train, test *Images, err error) {
	classes, ok := emnistClasses[division]
	if !ok {
		return nil, nil, fmt.Errorf("data: no division %q of EMNIST: there are byclass, bymerge, balanced, letters, digits and mnist", division)
	}
	set := idxSet{name: "emnist-" + division, folder: "emnist", title: "EMNIST", torchvision: "EMNIST/raw", classes: strings.Split(classes, ""), transposed: true,
		get: "https://www.nist.gov/itl/products-and-services/emnist-dataset (gzip.zip, unpacked)"}
	if division == "letters" {
		set.first = 1
	}
	for i, part := range []string{"train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1"} {
		set.files[i] = idxFile{name: "emnist-" + division + "-" + part + "-ubyte", shape: []int{0, 28, 28}[:3-2*(i%2)]}
	}
	return gather(opts).idx(set)
}
