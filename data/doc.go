// Package data finds, verifies, decodes and batches the sets of the story (MNIST, CIFAR-10, CelebA and the
// two-dimensional toys), their cousins (Fashion-MNIST, KMNIST, EMNIST, CIFAR-100, any set in IDX files), a folder of the
// reader's own pictures, and a table of the reader's own numbers.
//
// Every set of images is an [Images]: bytes in NHWC order with labels and a digest. Every set of points is a [Points],
// and rows of any width are a [Table].
// Nothing here knows a model: pixels leave as numbers 0…255, and dequantization and scaling are the model's business.
//
// Downloads and caches lie under [home.Dir]/data; nothing else is written.
package data
