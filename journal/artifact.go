package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"flowbook/journal/internal/plain"
	"flowbook/journal/record"
)

// AddFigure records a figure of a run: an image, SVG or HTML by its media type ("image/png"). step is -1 for a figure of the whole
// run. The same name, step and bytes again change nothing; other bytes are an error that wraps ErrDuplicate.
func (j *Journal) AddFigure(ctx context.Context, run, name, mime string, data []byte, step int) error {
	return j.addBytes(ctx, run, Artifact{Kind: record.KindFigure, Name: name, Step: step, MIME: mime}, data)
}

// AddArtifact records a file or a folder of a run under a name, as AddFigure does.
func (j *Journal) AddArtifact(ctx context.Context, run, name, path string) error {
	return j.addPath(ctx, run, Artifact{Kind: record.KindArtifact, Name: name, Step: -1}, path)
}

// AddArtifactBytes records bytes of a run under a name, as AddFigure does.
func (j *Journal) AddArtifactBytes(ctx context.Context, run, name, mime string, data []byte) error {
	return j.addBytes(ctx, run, Artifact{Kind: record.KindArtifact, Name: name, Step: -1, MIME: mime}, data)
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
	id, err := j.Resolve(ctx, run)
	if err != nil {
		return err
	}
	if a.Digest, a.Size, err = j.putBlob(ctx, open); err != nil {
		return err
	}
	return j.update(ctx, func(t transaction) error {
		if err := t.row(ctx, "SELECT max(number) FROM attempt WHERE run = ?", id).Scan(&a.Attempt); err != nil {
			return err
		}
		return t.putArtifact(ctx, id, a)
	})
}

func (t transaction) putArtifact(ctx context.Context, run string, a Artifact) error {
	var digest string
	err := t.row(ctx, "SELECT digest FROM artifact WHERE run = ? AND kind = ? AND name = ? AND step = ? AND attempt = ?",
		run, a.Kind, a.Name, a.Step, a.Attempt).Scan(&digest)
	switch {
	case err == nil && digest == a.Digest:
		return nil
	case err == nil:
		at := ""
		if a.Step >= 0 {
			at = fmt.Sprintf(" at step %d", a.Step)
		}
		return fmt.Errorf("journal: run %s: %s %q%s: %w with other bytes (sha256 %.12s…, now %.12s…); give it another name", run, a.Kind, a.Name, at, ErrDuplicate, digest, a.Digest)
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	when := now()
	if !a.Time.IsZero() {
		when = micros(a.Time)
	}
	_, err = t.exec(ctx, "INSERT INTO artifact (run, kind, name, step, attempt, digest, size, mime, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		run, a.Kind, a.Name, a.Step, a.Attempt, a.Digest, a.Size, plain.Clean(a.MIME), when)
	return err
}
