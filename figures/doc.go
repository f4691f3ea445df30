// Package figures draws the pictures of the book: one file a figure, each a
// function from plain slices to a *Figure (axes, lines, points) or, for grids
// of pixels, to an image.Image. It knows nothing of models, data sets or the
// journal.
//
// A figure has no ground of its own: the same picture is read in JupyterLab's
// light and dark themes, in exported HTML and on a web page, and PNG cannot
// follow a theme. So each colour, that of text too, is one that is read on a
// white page and on a nearly black one.
//
// Sizes are CSS pixels: a figure is at most [ColumnWidth] wide, the width of a
// notebook's column. Lines are SVG and so crisp on every screen; figures of
// thousands of points are PNG with two dots a pixel (see [Figure.Raster]).
//
// Bad input: a value that is NaN, infinite or beyond ±1e100 is left out and the
// picture says how many were; when nothing is left, the error says so.
package figures
