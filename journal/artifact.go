package journal

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	"flowbook/journal/internal/plain"
	"flowbook/journal/record"
	"flowbook/journal/store"
)

// AddFigure records a figure of a run: an image, SVG or HTML by its media type ("image/png"). step is record.NoStep for a figure of the whole
// run. The same name, step and bytes again change nothing; other bytes are an error that wraps ErrDuplicate.
func (j *Journal) AddFigure(ctx context.Context, run, name, mime string, data []byte, step int) error {
	return j.addBytes(ctx, run, Artifact{Kind: record.KindFigure, Name: name, Step: step, MIME: mime}, data)
}

// AddArtifact records a file or a folder of a run under a name, as AddFigure does.
func (j *Journal) AddArtifact(ctx context.Context, run, name, path string) error {
	return j.addPath(ctx, run, Artifact{Kind: record.KindArtifact, Name: name, Step: record.NoStep}, path)
}

// AddArtifactBytes records bytes of a run under a name, as AddFigure does.
func (j *Journal) AddArtifactBytes(ctx context.Context, run, name, mime string, data []byte) error {
	return j.addBytes(ctx, run, Artifact{Kind: record.KindArtifact, Name: name, Step: record.NoStep, MIME: mime}, data)
}

func (j *Journal) addPath(ctx context.Context, run string, a Artifact, path string) error {
	open, mime, err := openTree(path)
	if err != nil {
		return err
	}
	if a.MIME == "" {
		a.MIME = mime
	}
	if a.MIME == "" {
		a.MIME = typeByName(path)
	}
	return j.add(ctx, run, a, open)
}

func (j *Journal) addBytes(ctx context.Context, run string, a Artifact, data []byte) error {
	if a.MIME == "" {
		a.MIME = typeByName(a.Name)
	}
	return j.add(ctx, run, a, openBytes(data))
}

// types are media types by the end of a file's name: the same on every machine.
var types = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".svg": "image/svg+xml", ".pdf": "application/pdf",
	".html": "text/html; charset=utf-8", ".htm": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".csv": "text/csv; charset=utf-8",
	".txt": "text/plain; charset=utf-8", ".log": "text/plain; charset=utf-8", ".md": "text/markdown; charset=utf-8", ".xml": "text/xml; charset=utf-8",
	".json": "application/json", ".js": "text/javascript; charset=utf-8", ".gz": "application/gzip", ".zip": "application/zip",
	".mp4": "video/mp4", ".webm": "video/webm", ".mp3": "audio/mpeg", ".wav": "audio/wav", ".ogg": "audio/ogg", ".wasm": "application/wasm",
}

func typeByName(name string) string {
	if t := types[strings.ToLower(filepath.Ext(name))]; t != "" {
		return t
	}
	return "application/octet-stream"
}

// add stores the bytes, then the line that names them, so that a line never names bytes that are not there.
func (j *Journal) add(ctx context.Context, run string, a Artifact, open func() (io.ReadCloser, error)) (err error) {
	if err := plain.CheckName(a.Kind, a.Name); err != nil {
		return err
	}
	if err := j.Has(ctx, run); err != nil {
		return err
	}
	if a.Digest, a.Size, err = j.putBlob(ctx, open); err != nil {
		return err
	}
	return j.store.Change(ctx, run, store.Change{Artifacts: []Artifact{a}})
}
