package realnvp

import "embed"

// SourceCode is the text of the layers, transforms and densities that flows are made of, for whoever shows their code: package
// bugs takes its diffs from it.
//
//go:embed base/base.go bijector/batchnorm.go bijector/coupling.go bijector/preprocess.go transform/affine.go
var SourceCode embed.FS
