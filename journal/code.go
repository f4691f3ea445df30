package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"flowbook/journal/home"
	"flowbook/journal/provenance"
	"flowbook/journal/record"
	"flowbook/journal/store"
)

// How long the search for the code may take: Begin waits for it shortly, Finish to its end. Where it takes longer than both, the record says so.
const (
	codePatience = 25 * time.Millisecond
	codeTime     = 10 * time.Second
)

// notYet is why a run's code is not known while it is searched for.
const notYet = "it was still being found out when the process ended"

// A foundCode is the code and its source.
type foundCode struct {
	code  provenance.Code
	files []provenance.File
}

// findCode begins to find out which code runs.
func (j *Journal) findCode(b *beginning) <-chan foundCode {
	q := provenance.Request{Project: projectDir(), Library: libraryDir(), Main: provenance.MainFile(), State: j.ownFiles(), NoSource: b.noSource || os.Getenv("FLOWBOOK_JOURNAL_SOURCE") == "none"}
	found := make(chan foundCode, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), codeTime)
		defer cancel()
		code, files := provenance.Gather(ctx, q)
		found <- foundCode{code, files}
	}()
	return found
}

// ownFiles are files and folders of this journal, which are no code.
func (j *Journal) ownFiles() []string {
	own := []string{home.Dir(), j.at.Spool}
	if j.at.Path != "" {
		own = append(own, provenance.JournalFiles(j.at.Path)...)
	}
	if !strings.Contains(j.at.Artifacts, "://") {
		own = append(own, j.at.Artifacts)
	}
	return own
}

// soon waits shortly for the code; what comes later is written into the run's record by [Run.awaitCode].
func soon(found <-chan foundCode) (f foundCode, later <-chan foundCode) {
	timer := time.NewTimer(codePatience)
	defer timer.Stop()
	select {
	case f = <-found:
		return f, nil
	case <-timer.C:
		return foundCode{code: provenance.Code{Why: notYet}}, found
	}
}

// awaitCode writes the code into the record of the run, or of the attempt, when it is found.
func (r *Run) awaitCode(found <-chan foundCode) {
	r.codeDone = make(chan struct{})
	if found == nil {
		close(r.codeDone)
		return
	}
	go func() {
		defer close(r.codeDone)
		ctx := context.WithoutCancel(r.ctx)
		f := <-found
		err := r.j.storeCode(ctx, r.ID, r.attempt, f)
		for try := 0; try < 20 && (errors.Is(err, ErrUnreachable) || errors.Is(err, ErrBusy)); try++ { // a server that starts again
			time.Sleep(500 * time.Millisecond)
			err = r.j.storeCode(ctx, r.ID, r.attempt, f)
		}
		if err != nil {
			r.codeErr = fmt.Errorf("journal: run %s: its code is not recorded: %w", r.ID, err)
		}
	}()
}

func (j *Journal) storeCode(ctx context.Context, run string, attempt int, f foundCode) error {
	sources, err := j.putSources(ctx, attempt, f.files)
	if err != nil {
		return err
	}
	return j.store.Change(ctx, run, store.Change{Code: &store.Code{Attempt: attempt, Of: f.code, Sources: sources}})
}

// putSources stores the source that an attempt keeps.
func (j *Journal) putSources(ctx context.Context, attempt int, files []provenance.File) ([]Artifact, error) {
	all := make([]Artifact, len(files))
	for i, f := range files {
		digest, size, err := j.putBlob(ctx, openBytes(f.Data))
		if err != nil {
			return nil, err
		}
		name := f.Name
		if len(name) > 255 {
			name = fmt.Sprintf("source %d", i+1)
		}
		all[i] = Artifact{Kind: record.KindSource, Name: name, Step: record.NoStep, Attempt: attempt, Digest: digest, Size: size, MIME: "text/plain; charset=utf-8"}
	}
	return all, nil
}

// libraryDir is the folder of this package's source, where it still is when the program runs.
func libraryDir() string {
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Dir(file)
	if _, err := os.Stat(file); err != nil || !filepath.IsAbs(dir) {
		return ""
	}
	return dir
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
