package data

import (
	"fmt"

	"flowbook/journal/home"
)

// facesVersion names the state of the drawing code; a change to what is drawn must change it, so that no old cache is
// taken for the new faces.
const facesVersion = "1"

// ProceduralFaces is n drawn faces, 64×64×3: not photographs of anyone, but a generator's work, for trying what is meant
// for [CelebA] where that is not at hand. Bits/dim on them say nothing about CelebA's. Each face is drawn from some forty
// random traits: skin, hair and its length, shape of head, eyes, brows, nose, mouth, glasses, beard, pose, light,
// background; with a little grain, as photographs have. Face i of a seed is the same whatever n is. The first call takes
// about a millisecond a face and core, and leaves a cache.
func ProceduralFaces(seed uint64, n int, opts ...Option) (*Images, error) {
	if n < 1 {
		return nil, fmt.Errorf("data: %d procedural faces asked for: at least 1", n)
	}
	name := fmt.Sprintf("procedural-faces-%d", seed)
	return gather(opts).decoded(gallery{
		name: name, h: faceSize, w: faceSize, c: 3, names: make([]string, n),
		picture: func(i int) ([]uint8, error) { return newFace(newRandom(seed, uint64(i))).draw(), nil },
	}, cachePath(fmt.Sprintf("%s-%d", name, n), home.Dir()), "version "+facesVersion)
}
