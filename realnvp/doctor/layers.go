package doctor

import "slices"

// describeLayers fills the report's table of layers.
func (e *exam) describeLayers() {
	if e.seen == nil {
		return
	}
	back := e.own.drawn
	if e.wide != nil {
		back = e.wide.drawn
	}
	for i, s := range e.seen.layers {
		row := LayerReport{Path: s.layer.path, Kind: s.layer.kind, LogDet: mean(s.logDet), MaxOut: s.maxOut,
			InverseError: none, LogDetError: none, MaxS: none}
		if back != nil && back.layers[i].failure == nil {
			row.InverseError = back.layers[i].error
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
