package s3

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"flowbook/journal"
	"flowbook/journal/internal/bucketcheck"
)

// TestArtifacts keeps artifacts in an S3-compatible server of the test's own, through Amazon's client.
func TestArtifacts(t *testing.T) {
	store := s3mem.New()
	if err := store.CreateBucket("artifacts"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(store).Server())
	defer server.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	at := func(bucket string) string {
		return "s3://" + bucket + "?" + url.Values{"endpoint": {server.URL}, "region": {"eu-central-1"}, "use_path_style": {"true"}, "prefix": {"team/"}}.Encode()
	}
	bucketcheck.Check(t, at("artifacts"))
	if _, err := journal.Open(t.TempDir() + "/journal.db?artifacts=" + at("nonesuch")); err == nil || !strings.Contains(err.Error(), "nonesuch") {
		t.Errorf("a bucket that is not there: %v", err)
	}
	server.Close()
	if _, err := journal.Open(t.TempDir() + "/journal.db?artifacts=" + at("artifacts")); !errors.Is(err, journal.ErrUnreachable) {
		t.Errorf("a server that is gone: %v", err)
	}
}
