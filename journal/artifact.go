package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"
)

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

// AddFigure records a figure of a run: an image, SVG or HTML by its media type ("image/png"). step is -1 for a figure of the whole
// run. The same name, step and bytes again change nothing; other bytes are an error that wraps ErrDuplicate.
func (j *Journal) AddFigure(ctx context.Context, run, name, mime string, data []byte, step int) error {
	return j.addBytes(ctx, run, Artifact{Kind: KindFigure, Name: name, Step: step, MIME: mime}, data)
}

// AddArtifact records a file or a folder of a run under a name, as AddFigure does.
func (j *Journal) AddArtifact(ctx context.Context, run, name, path string) error {
	return j.addPath(ctx, run, Artifact{Kind: KindArtifact, Name: name, Step: -1}, path)
}

// AddArtifactBytes records bytes of a run under a name, as AddFigure does.
func (j *Journal) AddArtifactBytes(ctx context.Context, run, name, mime string, data []byte) error {
	return j.addBytes(ctx, run, Artifact{Kind: KindArtifact, Name: name, Step: -1, MIME: mime}, data)
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
	if err := checkName(a.Kind, a.Name); err != nil {
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
		run, a.Kind, a.Name, a.Step, a.Attempt, a.Digest, a.Size, clean(a.MIME), when)
	return err
}

// checkName refuses a name that a database or a page could not show.
func checkName(what, name string) error {
	switch {
	case name == "":
		return invalid("the name of a %s is empty", what)
	case len(name) > 255:
		return invalid("the name of a %s has %d bytes (%.40q…); at most 255", what, len(name), name)
	case !utf8.ValidString(name):
		return invalid("the name of a %s is not UTF-8: %q", what, name)
	case strings.ContainsRune(name, 0):
		return invalid("the name of a %s holds a zero byte: %q", what, name)
	}
	return nil
}

// clean makes a text that is not the user's own, as an error's, fit for every database.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\x00", "␀")
}

// checkText refuses a text that would not come back from every database as it was given.
func checkText(what, text string) error {
	if len(text) > 64<<20 {
		return invalid("the %s has %d MiB; at most 64 (attach it as an artifact)", what, len(text)>>20)
	}
	for i, c := range text {
		if c == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return invalid("the %s is not UTF-8: byte %#x at offset %d; convert it, or attach it as an artifact", what, text[i], i)
			}
		}
		if c == 0 {
			return invalid("the %s holds a zero byte at offset %d; remove it, or attach the text as an artifact", what, i)
		}
	}
	return nil
}
