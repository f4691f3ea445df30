package gs

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"flowbook/journal"
	"flowbook/journal/artifact"
	"flowbook/journal/internal/bucketcheck"
	"flowbook/journal/internal/timelimit"
)

// TestArtifacts keeps artifacts in a server of the test's own that speaks as Google Cloud Storage does, through Google's client.
func TestArtifacts(t *testing.T) {
	server := httptest.NewServer(&server{bucket: "artifacts", objects: map[string]object{}, parts: map[string][]byte{}})
	defer server.Close()
	t.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(server.URL, "http://"))
	bucketcheck.Check(t, "gs://artifacts?access_id=-&prefix=team/")
}

// TestUnreachable opens a journal whose artifacts are at a server that is not there: Google's client alone would try for ever.
func TestUnreachable(t *testing.T) {
	defer func(was time.Duration) { timelimit.Patience = was }(timelimit.Patience)
	timelimit.Patience = 100 * time.Millisecond
	server := httptest.NewServer(nil)
	t.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(server.URL, "http://"))
	server.Close()
	_, err := journal.Open(filepath.Join(t.TempDir(), "journal.db") + "?artifacts=gs://artifacts?access_id=-")
	if !errors.Is(err, journal.ErrUnreachable) || !strings.Contains(err.Error(), "gs://artifacts") {
		t.Errorf("%v", err)
	}
}

// TestBusy asks a server that is busy for a moment again, and says what it answers where it stays so; an address with a typing error is refused.
func TestBusy(t *testing.T) {
	ctx := context.Background()
	at := &server{bucket: "artifacts", objects: map[string]object{}, parts: map[string][]byte{}}
	server := httptest.NewServer(at)
	defer server.Close()
	t.Setenv("STORAGE_EMULATOR_HOST", server.URL)
	s, err := artifact.Open(ctx, "gs://artifacts")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(ctx, "ab/abcd", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	at.busy = 2
	if info, err := s.Stat(ctx, "ab/abcd"); err != nil || info.Size != 1 {
		t.Errorf("%+v, %v", info, err)
	}
	at.busy = 100
	if _, err := s.Stat(ctx, "ab/abcd"); err == nil || !strings.Contains(err.Error(), "503") || at.busy != 100-tries {
		t.Errorf("%v, %d requests", err, 100-at.busy)
	}
	at.busy = 0
	if _, err := s.Open(ctx, "ab/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there: %v", err)
	}
	broken := errors.New("broken")
	if err := s.Put(ctx, "cd/cdef", io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("a source that breaks off: %v", err)
	}
	if _, err := s.Stat(ctx, "cd/cdef"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half of a source is kept: %v", err)
	}
	if _, err := artifact.Open(ctx, "gs://artifacts?prefx=a/"); err == nil || !strings.Contains(err.Error(), "prefx") {
		t.Errorf("%v", err)
	}
}
