package gs

import (
	"net/http/httptest"
	"strings"
	"testing"

	"flowbook/journal/internal/bucketcheck"
)

// TestArtifacts keeps artifacts in a server of the test's own that speaks as Google Cloud Storage does, through Google's client.
func TestArtifacts(t *testing.T) {
	server := httptest.NewServer(&server{bucket: "artifacts", objects: map[string]object{}, parts: map[string][]byte{}})
	defer server.Close()
	t.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(server.URL, "http://"))
	bucketcheck.Check(t, "gs://artifacts?access_id=-&prefix=team/")
}
