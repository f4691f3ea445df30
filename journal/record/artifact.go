package record

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// An Artifact is something a run keeps by its sha256: a figure, a file or folder, a checkpoint, or a source file.
type Artifact struct {
	Kind    string    `json:"kind"` // artifact, figure, checkpoint or source
	Name    string    `json:"name"`
	Step    int       `json:"step"` // NoStep for none
	Digest  string    `json:"digest"`
	Size    int64     `json:"size"` // bytes
	MIME    string    `json:"mime"`
	Time    time.Time `json:"time"`
	Attempt int       `json:"attempt"`
}

// The kinds of artifact.
const (
	KindArtifact   = "artifact"
	KindFigure     = "figure"
	KindCheckpoint = "checkpoint"
	KindSource     = "source"
)

// SetFiles gives a run what its attempts recorded, in their order. It sets apart what a later attempt superseded: figures and checkpoints
// after the step it began from, and of the same name and step all but the latest.
func (r *Run) SetFiles(all []Artifact) {
	standing := StandingOf(r.Attempts)
	type key struct {
		kind, name string
		step       int
		digest     string
	}
	latest := map[key]Artifact{}
	for _, a := range all {
		if a.Step != NoStep && int64(a.Step) > standing.Last("", a.Attempt) {
			r.Superseded = append(r.Superseded, a)
			continue
		}
		k := key{kind: a.Kind, name: a.Name, step: a.Step}
		if a.Kind == KindSource { // that of each attempt stands, but once where it is the same
			k.digest = a.Digest
		}
		if old, ok := latest[k]; ok && a.Kind == KindSource {
			a = old
		} else if ok {
			r.Superseded = append(r.Superseded, old)
		}
		latest[k] = a
	}
	for _, a := range latest {
		list := map[string]*[]Artifact{KindFigure: &r.Figures, KindCheckpoint: &r.Checkpoints, KindSource: &r.Sources}[a.Kind]
		if list == nil {
			list = &r.Artifacts
		}
		*list = append(*list, a)
	}
	for _, list := range [][]Artifact{r.Figures, r.Artifacts, r.Checkpoints, r.Sources, r.Superseded} {
		slices.SortFunc(list, func(a, b Artifact) int {
			return cmp.Or(cmp.Compare(a.Step, b.Step), a.Time.Compare(b.Time), strings.Compare(a.Name, b.Name), cmp.Compare(a.Attempt, b.Attempt))
		})
	}
}
