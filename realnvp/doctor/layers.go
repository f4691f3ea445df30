package doctor

import "slices"

// describeLayers fills the report's table of layers.
func (e *exam) describeLayers() {
	if e.seen == nil {
		return
	}
	right := e.seen
	if e.exact != nil {
		right = e.exact
	}
	for i, s := range e.seen.layers {
		row := LayerReport{Path: s.layer.path, Kind: s.layer.kind, LogDet: mean(s.logDet), MaxOut: s.maxOut,
			InverseError: right.layers[i].inverseError, LogDetError: none, MaxS: none}
		if s.layer.inverseErr != nil {
			row.InverseError = none
		}
		if i < len(e.logDetOff) {
			row.LogDetError = e.logDetOff[i]
		}
		if len(s.maxS) > 0 {
			row.MaxS = slices.Max(s.maxS)
		}
		e.report.Layers = append(e.report.Layers, row)
	}
}
