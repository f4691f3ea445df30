// Package chart is how this project draws curves: it reduces a curve of a million points to what can be seen, without losing an extreme,
// smooths it, breaks it where it is not finite, finds the round numbers of an axis, and holds the colours. It draws them as SVG to stand in a
// page, in the page's own text colour, light or dark, and reads without script; package figures draws the same curves on paper, as PNG and SVG
// of notebooks. It links the standard library alone.
package chart
