package data

// CIFAR100Classes names CIFAR-100's fine labels 0…99.
var CIFAR100Classes = [100]string{
	"apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle",
	"bowl", "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle",
	"chair", "chimpanzee", "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur",
	"dolphin", "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard",
	"lamp", "lawn_mower", "leopard", "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle", "mountain",
	"mouse", "mushroom", "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck", "pine_tree",
	"plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road", "rocket",
	"rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake", "spider",
	"squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank", "telephone", "television", "tiger", "tractor",
	"train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree", "wolf", "woman", "worm",
}

// CIFAR100Superclasses names CIFAR-100's coarse labels 0…19.
var CIFAR100Superclasses = [20]string{
	"aquatic_mammals", "fish", "flowers", "food_containers", "fruit_and_vegetables",
	"household_electrical_devices", "household_furniture", "insects", "large_carnivores", "large_man-made_outdoor_things",
	"large_natural_outdoor_scenes", "large_omnivores_and_herbivores", "medium_mammals", "non-insect_invertebrates", "people",
	"reptiles", "small_mammals", "trees", "vehicles_1", "vehicles_2",
}

// officialCIFAR100 is the set of https://www.cs.toronto.edu/~kriz/cifar.html. The archives' digests are those that Keras
// (python) and TensorFlow Datasets (binary) check, the batches' those of the torchvision gem for Ruby.
var officialCIFAR100 = cifarSet{
	name: "cifar100", title: "CIFAR-100", variable: "FLOWBOOK_CIFAR100", other: "CIFAR-10, which CIFAR10 loads",
	labels: []string{"coarse_labels", "fine_labels"}, label: 1, classes: CIFAR100Classes[:], folders: [2]string{"cifar-100-binary", "cifar-100-python"},
	batches: []cifarFile{
		{"train", 50000, "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29"},
		{"test", 10000, "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a"},
	},
	archives: []remote{
		{"cifar-100-binary.tar.gz", []string{"https://www.cs.toronto.edu/~kriz"}, "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"},
		{"cifar-100-python.tar.gz", []string{"https://www.cs.toronto.edu/~kriz"}, "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"},
	},
}

// CIFAR100 is Krizhevsky's 60,000 colour pictures of a hundred classes ([CIFAR100Classes]), 32×32×3: 50,000 to train on,
// 10,000 to test on. They come from the folder or archive of [From]; else from the one that $FLOWBOOK_CIFAR100 names;
// else from [home.Dir]/data/cifar100; else the official binary archive is downloaded there (169 MB). A folder may hold
// the binary or the python batches, unpacked or as the official .tar.gz. With [Superclasses] the labels are the twenty
// coarse ones.
func CIFAR100(opts ...Option) (train, test *Images, err error) {
	o := gather(opts)
	return o.cifar(o.labelled(officialCIFAR100))
}

// labelled is the set with the labels that are wanted.
func (o *options) labelled(set cifarSet) cifarSet {
	if o.superclasses {
		set.label, set.classes = 0, CIFAR100Superclasses[:]
	}
	return set
}

// Superclasses has [CIFAR100] label pictures by [CIFAR100Superclasses].
func Superclasses() Option { return func(o *options) { o.superclasses = true } }
