//go:build ((linux && (amd64 || arm64)) || (darwin && arm64)) && !noxla

package xla

// Counts returns how many programs of this process came from the cache, and how many were compiled and put there.
func Counts() (hit, missed int64) {
	for _, c := range caches {
		hit += c.hit.Load()
		missed += c.missed.Load()
	}
	return hit, missed
}
