package formats

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"flowbook/journal"
)

// TestLargeRun writes a run of more points, output and bytes than are held at once, and reads it back: no line is long, the journal there
// has the same, and nothing is left behind.
func TestLargeRun(t *testing.T) {
	ctx := context.Background()
	temp := t.TempDir()
	open := func(name string) *journal.Journal {
		j, err := journal.Open(filepath.Join(t.TempDir(), name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { j.Close() })
		return j
	}
	j := open("from.db")
	run, err := j.Begin(ctx, "large", nil)
	if err != nil {
		t.Fatal(err)
	}
	artifact := bytes.Repeat([]byte("0123456789abcdef"), (5*artifactPerLine/2)/16)
	whole := artifact[:2*artifactPerLine] // ends where a line does
	err = errors.Join(run.ArtifactBytes("a", "", artifact), run.ArtifactBytes("b", "", whole), run.ArtifactBytes("empty", "", nil))
	for step := range 20_000 {
		err = errors.Join(err, run.Log(step, journal.Metrics{"loss": float64(step)}))
		if step%100 == 0 {
			_, outErr := run.Write([]byte(strings.Repeat("x", 1000) + "\n"))
			err = errors.Join(err, outErr)
		}
	}
	fails := errors.New("it fails")
	_ = run.Finish(&fails)
	again, resumeErr := j.Resume(ctx, run.ID)
	if err := errors.Join(err, resumeErr); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(again.Log(1, journal.Metrics{"loss": -1}), again.Finish(nil)); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := WriteJSONLines(ctx, j, &file, run.ID); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	for l := range strings.Lines(text) {
		if len(l) > 2*artifactPerLine {
			t.Errorf("a line of %d bytes", len(l))
		}
	}
	t.Setenv("TMPDIR", temp)
	other := open("to.db")
	if in, err := ReadJSONLines(ctx, other, strings.NewReader(text)); err != nil || len(in.Runs) != 1 {
		t.Fatalf("%+v, %v", in, err)
	}
	a, errA := j.Get(ctx, run.ID)
	b, errB := other.Get(ctx, run.ID)
	was, errC := j.Logged(ctx, run.ID)
	is, errD := other.Logged(ctx, run.ID)
	said, errE := j.Output(ctx, run.ID)
	says, errF := other.Output(ctx, run.ID)
	data, errG := other.ReadArtifact(ctx, b.Artifacts[0].Digest)
	if err := errors.Join(errA, errB, errC, errD, errE, errF, errG); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(was, is) || !reflect.DeepEqual(said, says) || !reflect.DeepEqual(a.Metrics, b.Metrics) || !reflect.DeepEqual(a.Artifacts, b.Artifacts) || !bytes.Equal(data, artifact) {
		t.Errorf("the run is not the same there: %v, was %v", b.Metrics, a.Metrics)
	}
	more := strings.Index(text, `"more":"yes"`)
	first := text[strings.LastIndex(text[:more], "\n")+1:more] + `"more":"yes"}`
	for name, cut := range map[string]string{"ends within artifact": first + "\n", "before goes on": first + "\n" + strings.Replace(first, `"digest":"`, `"digest":"0`, 1) + "\n"} {
		if _, err := ReadJSONLines(ctx, open("cut.db"), strings.NewReader(cut)); !errors.Is(err, journal.ErrInvalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("%s is left behind", left[0].Name())
	}
}
