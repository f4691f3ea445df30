// Package kerneltest runs notebooks that its tests write through the real Jupyter kernel: GoNB, as `make lab` sets it up.
// It has tests only.
package kerneltest
