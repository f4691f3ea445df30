package gs

import (
	"errors"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flowbook/journal"
	"flowbook/journal/internal/bucketcheck"
	"flowbook/journal/internal/reach"
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
	defer func(was time.Duration) { reach.Patience = was }(reach.Patience)
	reach.Patience = 100 * time.Millisecond
	server := httptest.NewServer(nil)
	t.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(server.URL, "http://"))
	server.Close()
	_, err := journal.Open(filepath.Join(t.TempDir(), "journal.db") + "?artifacts=gs://artifacts?access_id=-")
	if !errors.Is(err, journal.ErrUnreachable) || !strings.Contains(err.Error(), "gs://artifacts") {
		t.Errorf("%v", err)
	}
}
