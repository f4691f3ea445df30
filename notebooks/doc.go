// Package notebooks is the story, in numbered .ipynb files. It has no code of its own: what two cells share lies in the
// packages below it, and its tests hold the committed notebooks to what their readers are promised.
package notebooks
