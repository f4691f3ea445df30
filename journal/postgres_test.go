//go:build unix

package journal

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"flowbook/journal/internal/ids"
	"flowbook/journal/internal/pgtest"
	_ "flowbook/journal/store/postgres"
)

func init() { stopServers = pgtest.Close }

// needPG returns a PostgreSQL server, or skips the test and says what to install.
func needPG(t testing.TB) *pgtest.Server {
	t.Helper()
	if _, err := pgtest.Bin(); err != nil {
		t.Skip(err)
	}
	s, err := pgtest.Shared()
	must(t, err)
	return s
}

// onPostgres has the tests that follow in t open journals in the PostgreSQL server, each in a schema of its own.
func onPostgres(t *testing.T) *pgtest.Server {
	s := needPG(t)
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	sqlite := testURL
	testURL = func(testing.TB) string { return s.URL(pgtest.Password, "t "+ids.New()) }
	t.Cleanup(func() { testURL = sqlite })
	return s
}

// TestPostgres asks of a journal in PostgreSQL what the tests of the same names ask of SQLite.
func TestPostgres(t *testing.T) {
	onPostgres(t)
	for _, c := range []struct {
		name string
		test func(*testing.T)
	}{
		{"RunRoundTrip", testRunRoundTrip},
		{"BadInput", testBadInput},
		{"WholeIDs", testWholeIDs},
		{"Finish", testFinish},
		{"Execute", testExecute},
		{"Continue", testContinue},
		{"Entries", testEntries},
		{"Trash", testTrash},
		{"Query", testQuery},
		{"OpenTogether", testOpenTogether},
		{"Crowd", testCrowd},
		{"Kill", func(t *testing.T) { testKill(t, 10) }},
		{"Verify", testVerify},
		{"Replay", testReplay},
	} {
		t.Run(c.name, c.test)
	}
}

// TestPostgresRefuses opens what cannot be opened; no error shows the password.
func TestPostgresRefuses(t *testing.T) {
	s := onPostgres(t)
	for _, c := range []struct {
		name, url string
		want      error
	}{
		{"wrong password", s.URL("not-"+pgtest.Password, "x"), ErrAuth},
		{"wrong socket", strings.ReplaceAll(s.URL(pgtest.Password, "x"), url.QueryEscape(s.Dir), url.QueryEscape(s.Dir+"/none")), ErrUnreachable},
		{"no such database", strings.ReplaceAll(s.URL(pgtest.Password, "x"), "/postgres?", "/nonesuch?"), ErrUnreachable},
		{"bad parameter", s.URL(pgtest.Password, "x") + "&connect_timeout=soon", nil},
		{"bad URL", "postgres://flowbook:se@cret%zz@/x", nil},
	} {
		_, err := Open(c.url)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		} else if strings.Contains(err.Error(), "cret") {
			t.Errorf("%s: the error shows the password: %v", c.name, err)
		}
	}
}

// TestPostgresServerGone stops the server under a run: the steps wait, and are in the journal when it is back.
func TestPostgresServerGone(t *testing.T) {
	s := onPostgres(t)
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "gone", nil)
	must(t, err)
	must(t, run.Log(0, Metrics{"m": 0}))
	must(t, run.Flush())
	s.Stop(syscall.SIGQUIT)
	for step := 1; step < 100; step++ {
		must(t, run.Log(step, Metrics{"m": float64(step)}))
	}
	if err := run.Flush(); !errors.Is(err, ErrUnreachable) {
		t.Errorf("flush with the server gone: %v", err)
	}
	must(t, s.Start())
	for try := 0; ; try++ {
		if err = run.Flush(); err == nil || try > 100 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	must(t, err)
	must(t, run.Finish(nil))
	m, err := j.Series(ctx, run.ID, "m")
	must(t, err)
	for i := range m.Len() {
		if m.Len() != 100 || m.Values[i] != float64(i) {
			t.Fatalf("%d points, point %d is %v", m.Len(), i, m.Values[i])
		}
	}
}

// TestPostgresOtherHost shows a run of another machine as running while it gives signs of life, and as interrupted after a minute.
func TestPostgresOtherHost(t *testing.T) {
	onPostgres(t)
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "far", nil)
	must(t, err)
	defer run.Finish(nil)
	for _, c := range []struct {
		silent time.Duration
		want   Status
	}{{10 * time.Second, Running}, {2 * time.Minute, Interrupted}} {
		tamper(t, j, "UPDATE attempt SET host = 'elsewhere', heartbeat = ? WHERE run = ?", time.Now().Add(-c.silent).UnixMicro(), run.ID)
		if r, err := j.Get(ctx, run.ID); err != nil || r.Status != c.want {
			t.Errorf("silent for %v: %s, %v; want %s", c.silent, fmt.Sprint(r.Status), err, c.want)
		}
	}
}
