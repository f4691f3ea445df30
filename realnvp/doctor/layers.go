package doctor

import (
	"slices"

	"gonum.org/v1/gonum/stat"
)

// describeLayers fills the report's table of layers.
func (e *exam) describeLayers() {
	if e.seen == nil {
		return
	}
	back := e.own.layersUndone
	if e.wide != nil {
		back = e.wide.layersUndone
	}
	for i, s := range e.seen.layers {
		row := LayerReport{Path: s.layer.path, Kind: s.layer.kind, LogDet: stat.Mean(s.logDet, nil), MaxOut: s.maxOut,
			InverseError: none, LogDetError: none, MaxS: none}
		if back != nil && back[i].failure == nil {
			row.InverseError = back[i].error
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
