package record

import "time"

// An Artifact is something a run keeps by its sha256: a figure, a file or folder, a checkpoint, or a source file.
type Artifact struct {
	Kind    string    `json:"kind"` // artifact, figure, checkpoint or source
	Name    string    `json:"name"`
	Step    int       `json:"step"` // -1 for none
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
