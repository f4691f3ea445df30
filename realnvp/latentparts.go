package realnvp

import "flowbook/realnvp/bijector"

// LatentPart is a stretch of the latent: the numbers From…To−1 were factored out at Level as a Height×Width×Channels
// block; the last part is what is left. Level 0 is the finest, the first to be factored out. What has no sides, such
// as a vector, is 1×1×numbers.
type LatentPart struct{ Level, From, To, Height, Width, Channels int }

// LatentParts lists the parts of the latent in order, as the flow's factor-outs make them (Dinh et al. 2016, section 3.6,
// eq. 13-16): bijector.FactorOut, in chains and other containers.
func (m *Model) LatentParts() []LatentPart {
	parts := addParts(nil, m.flow)
	if at := partsSize(parts); at < m.Dim() {
		parts = append(parts, LatentPart{Level: len(parts), From: at, To: m.Dim(), Height: 1, Width: 1, Channels: m.Dim() - at})
	}
	return parts
}

// addParts is the parts with those of a bijector: what its factor-outs send away, and what a flatten has left.
func addParts(parts []LatentPart, b bijector.Bijector) []LatentPart {
	switch b := b.(type) {
	case *bijector.FactorOut:
		return addParts(parts, *b)
	case *bijector.Flatten:
		return addParts(parts, *b)
	case bijector.FactorOut:
		return addParts(block(parts, b.Height, b.Width, b.Channels/2), b.Rest)
	case bijector.Flatten:
		return block(parts, b.Height, b.Width, b.Channels)
	case bijector.Container:
		for _, child := range b.Children() {
			parts = addParts(parts, child.Bijector)
		}
	}
	return parts
}

func block(parts []LatentPart, h, w, c int) []LatentPart {
	at := partsSize(parts)
	return append(parts, LatentPart{len(parts), at, at + h*w*c, h, w, c})
}

// partsSize is how many numbers of the latent the parts hold.
func partsSize(parts []LatentPart) int {
	if len(parts) == 0 {
		return 0
	}
	return parts[len(parts)-1].To
}
