package data

// CIFAR10Classes names CIFAR-10's labels 0…9.
var CIFAR10Classes = [10]string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}

// officialCIFAR10 is the set of https://www.cs.toronto.edu/~kriz/cifar.html. The archives' digests are those that Keras
// (python) and TensorFlow Datasets (binary) check, the batches' those of the torchvision gem for Ruby.
var officialCIFAR10 = cifarSet{
	name: "cifar10", title: "CIFAR-10", variable: "FLOWBOOK_CIFAR10", other: "CIFAR-100, which CIFAR100 loads",
	labels: []string{"labels"}, classes: CIFAR10Classes[:], folders: [2]string{"cifar-10-batches-bin", "cifar-10-batches-py"},
	batches: []cifarFile{
		{"data_batch_1", 10000, "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"},
		{"data_batch_2", 10000, "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"},
		{"data_batch_3", 10000, "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"},
		{"data_batch_4", 10000, "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"},
		{"data_batch_5", 10000, "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"},
		{"test_batch", 10000, "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"},
	},
	subsets: []cifarFile{
		{"train", 0, "9350d8ad5e080874998a7bfd36d95b7a52ce8d8c676c0061f7b47361669d6585"},
		{"test", 0, "c77ad46116beb3508f55d38aa34893560beae9515f9aca4a4dd0ea3617ac289e"},
	},
	archives: []remote{
		{"cifar-10-binary.tar.gz", []string{"https://www.cs.toronto.edu/~kriz"}, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"},
		{"cifar-10-python.tar.gz", []string{"https://www.cs.toronto.edu/~kriz"}, "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"},
	},
}

// CIFAR10 is Krizhevsky's 60,000 colour pictures, 32×32×3 in ten classes ([CIFAR10Classes]): 50,000 to train on, 10,000
// to test on. They come from the folder or archive of [From]; else from the one that $FLOWBOOK_CIFAR10 names; else from
// [home.Dir]/data/cifar10; else the official binary archive is downloaded there (170 MB).
//
// A folder may hold the binary or the python batches, unpacked or as the official .tar.gz, or train.bin and test.bin,
// the subset of 5,085 and 1,017 real pictures, which is then named cifar10-subset. The sha256 of every batch is checked
// when it is first read; later calls map a cache. The error names the file and what to do.
func CIFAR10(opts ...Option) (train, test *Images, err error) {
	return gather(opts).cifar(officialCIFAR10)
}
