package journal

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerify damages a journal in each way, and demands that Verify names the damage, mends what can be mended, and is content with a whole journal.
func TestVerify(t *testing.T) { testVerify(t) }

func testVerify(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, j *Journal, run, digest string)
		says   string
		mends  bool
	}{
		{"nothing", nil, "all whole", true},
		{"summary", damageBy("UPDATE series SET last = 17 WHERE run = ?"), "summary says", true},
		{"missing chunk", damageBy("DELETE FROM chunk WHERE run = ? AND start = 1"), "points 1 to 1 of attempt 1 are missing", false},
		{"no chunks", damageBy("DELETE FROM chunk WHERE run = ?"), "all its 3 points are missing", false},
		{"bit flip", flipPoint, "checksum", false},
		{"artifact gone", func(t *testing.T, j *Journal, _, digest string) {
			must(t, os.Remove(filepath.Join(j.at.Artifacts, digest[:2], digest)))
		}, `artifact "a"`, false},
		{"artifact damaged", func(t *testing.T, j *Journal, _, digest string) {
			must(t, os.WriteFile(filepath.Join(j.at.Artifacts, digest[:2], digest), []byte("other"), 0o644))
		}, "another digest", true},
		{"dead process", damageBy("UPDATE attempt SET pid = 0, pid_start = 'x' WHERE run = ?", "UPDATE run SET status = 'running', ended = NULL WHERE id = ?"), "all whole", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := openTemp(t)
			run, err := j.Begin(ctx, "x", nil)
			must(t, err)
			for step := range 3 {
				must(t, run.Log(step, Metrics{"m": float64(step)}))
				must(t, run.Flush())
			}
			must(t, run.ArtifactBytes("a", "", []byte("a of "+c.name)))
			must(t, run.Finish(nil))
			r, err := j.Get(ctx, run.ID)
			must(t, err)
			if c.damage != nil {
				c.damage(t, j, run.ID, r.Artifacts[0].Digest)
			}
			report, err := j.Verify(ctx)
			must(t, err)
			if !strings.Contains(report.String(), c.says) || c.says == "all whole" != report.OK() {
				t.Fatalf("verify says: %s\nwant %q", report, c.says)
			}
			if report, err = j.Repair(ctx); err != nil || report.OK() != c.mends {
				t.Errorf("repair: %s, %v", report, err)
			}
			if !c.mends {
				return
			}
			again, err := j.Verify(ctx)
			must(t, err)
			if damaged := c.name == "artifact damaged"; again.OK() == damaged {
				t.Errorf("after repair: %s", again)
			} else if damaged { // moved aside, so that it can be recorded again
				must(t, j.AddArtifactBytes(ctx, run.ID, "a", "", []byte("a of "+c.name)))
				if last, err := j.Verify(ctx); err != nil || !last.OK() {
					t.Errorf("after recording it again: %s, %v", last, err)
				}
			}
			if r, err := j.Get(ctx, run.ID); err != nil || r.Metrics["m"].Last != 2 || c.name == "dead process" && r.Status != Interrupted {
				t.Errorf("after repair: %s %+v, %v", r.Status, r.Metrics["m"], err)
			}
		})
	}
}

// damageBy damages a journal with statements that take the run's id.
func damageBy(statements ...string) func(*testing.T, *Journal, string, string) {
	return func(t *testing.T, j *Journal, run, _ string) {
		for _, s := range statements {
			tamper(t, j, s, run)
		}
	}
}

func flipPoint(t *testing.T, j *Journal, run, _ string) {
	var points []byte
	must(t, database(t, j.at).QueryRow("SELECT points FROM chunk WHERE run = '"+run+"' AND start = 1").Scan(&points))
	points[len(points)-6] ^= 1
	tamper(t, j, "UPDATE chunk SET points = ? WHERE run = ? AND start = 1", points, run)
}

// TestReadOnlyReport names what helps where a journal may not be written: not what cannot work there.
func TestReadOnlyReport(t *testing.T) {
	r := Report{Problems: []Problem{{What: "a damaged summary", CanMend: true}}}
	if got := r.String(); !strings.Contains(got, "(verify with repair mends it)") {
		t.Error(got)
	}
	r.ReadOnly = true
	if got := r.String(); !strings.Contains(got, "called by who may write the journal, which is read-only here") {
		t.Error(got)
	}
}
