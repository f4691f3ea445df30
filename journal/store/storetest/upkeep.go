package storetest

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"flowbook/journal/fault"
	"flowbook/journal/record"
	"flowbook/journal/store"
)

func testEntries(t *testing.T, s store.Store) {
	run, gone := begin(t, s, "0000000001").ID, begin(t, s, "0000000002").ID
	day := time.UnixMicro(1_700_000_000_000_000).UTC()
	one := record.Entry{ID: "e000000001", Title: "T", Body: "first", Date: day, Updated: day, Tags: []string{"a", "b"}, Runs: []string{run, gone}}
	must(t, s.PutEntry(ctx, one))
	must(t, s.InsertEntry(ctx, record.Entry{ID: "e000000002", Body: "second", Date: day.Add(time.Hour), Updated: day, Tags: []string{"b"}, Runs: []string{"none000000", run}}))
	if err := s.InsertEntry(ctx, one); !errors.Is(err, fault.ErrDuplicate) {
		t.Errorf("once more: %v", err)
	}
	_, err := s.SetDeleted(ctx, store.RunKind, gone, &day)
	must(t, err)
	one.Body, one.Runs, one.Tags = "changed", []string{run}, []string{"a"}
	must(t, s.PutEntry(ctx, one))
	_, err = s.SetDeleted(ctx, store.RunKind, gone, nil)
	must(t, err)
	got, err := s.Entry(ctx, one.ID)
	slices.Sort(got.Runs)
	if err != nil || got.Body != "changed" || !slices.Equal(got.Tags, one.Tags) || !slices.Equal(got.Runs, []string{run, gone}) || !got.Date.Equal(day) {
		t.Errorf("the entry is %+v, %v", got, err)
	}
	for tags, want := range map[string]int{"": 2, "a": 1, "b": 1, "a b": 0} {
		all, err := s.Entries(ctx, strings.Fields(tags)...)
		if err != nil || len(all) != want || want == 2 && all[0].ID != "e000000002" {
			t.Errorf("%d entries with the tags %q: %v", len(all), tags, err)
		}
	}
	if _, err := s.Entry(ctx, "none000000"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("no entry: %v", err)
	}
	if r := get(t, s, run); len(r.Entries) != 2 {
		t.Errorf("the run knows of the entries %q", r.Entries)
	}
}

func testTrash(t *testing.T, s store.Store) {
	run, kept := begin(t, s, "0000000001").ID, begin(t, s, "0000000002").ID
	must(t, s.PutEntry(ctx, record.Entry{ID: "e000000001", Body: "b", Date: time.Unix(1, 0), Updated: time.Unix(1, 0)}))
	id, err := s.ID(ctx)
	must(t, err)
	if again, err := s.ID(ctx); err != nil || again != id || id == "" {
		t.Errorf("the store's id is %q, then %q, %v", id, again, err)
	}
	early, late := time.Unix(1000, 0).UTC(), time.Unix(2000, 0).UTC()
	for _, c := range []struct {
		at   *time.Time
		want bool
	}{{&early, true}, {&late, false}, {nil, true}, {nil, false}, {&early, true}} {
		if changed, err := s.SetDeleted(ctx, store.RunKind, run, c.at); err != nil || changed != c.want {
			t.Errorf("deleted at %v: %v, %v", c.at, changed, err)
		}
	}
	all, err := s.IDs(ctx)
	must(t, err)
	found := map[string]store.Listed{}
	for _, l := range all {
		found[l.ID] = l
	}
	if len(all) != 3 || found[run].Deleted == nil || !found[run].Deleted.Equal(early) || found[kept].Deleted != nil || found["e000000001"].Kind != store.EntryKind {
		t.Errorf("the ids are %+v", all)
	}
	for _, c := range []struct {
		since time.Time
		want  int
	}{{early.Add(-time.Second), 0}, {early, 1}} {
		counted, _, err := s.Trashed(ctx, c.since)
		deleted, _, err2 := s.Empty(ctx, c.since)
		if err := errors.Join(err, err2); err != nil || counted != c.want || deleted != c.want {
			t.Errorf("since %v there are %d, deleted %d, %v; want %d", c.since, counted, deleted, err, c.want)
		}
	}
	if _, err := s.Run(ctx, run); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a run that was deleted: %v", err)
	}
	get(t, s, kept)
}

// testCheckpoints: a later attempt's checkpoints push out those of the attempts before it, and not the other way round.
func testCheckpoints(t *testing.T, s store.Store) {
	run := begin(t, s, "0000000001").ID
	put := func(step, attempt int) {
		c := record.Artifact{Kind: record.KindCheckpoint, Name: "step " + strconv.Itoa(step), Step: step, Attempt: attempt, Digest: strings.Repeat("a", 64), Size: 5, MIME: "text/plain"}
		must(t, s.Change(ctx, run, store.Change{Artifacts: []record.Artifact{c}, Checkpoints: &store.Checkpoints{Attempt: attempt, Keep: 2}}))
	}
	for _, c := range []struct {
		step, attempt int
		want          string
	}{{1, 1, "1"}, {2, 1, "1 2"}, {3, 1, "2 3"}, {4, 2, "3 4"}, {5, 2, "4 5"}, {6, 1, "4 5 6"}, {7, 2, "5 7"}} {
		put(c.step, c.attempt)
		var got []string
		for _, found := range get(t, s, run).Checkpoints {
			got = append(got, strconv.Itoa(found.Step))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("after the checkpoint of step %d of attempt %d those of steps %v are there, want %s", c.step, c.attempt, got, c.want)
		}
	}
}

func testArtifacts(t *testing.T, s store.Store) {
	run, other := begin(t, s, "0000000001").ID, begin(t, s, "0000000002").ID
	digest := strings.Repeat("a", 64)
	a := record.Artifact{Kind: record.KindCheckpoint, Name: "step 0", Step: 0, Digest: digest, Size: 5, MIME: "text/plain"}
	must(t, s.Change(ctx, run, store.Change{Artifacts: []record.Artifact{a}}))
	must(t, s.Change(ctx, run, store.Change{Artifacts: []record.Artifact{a}})) // the same again
	versions, err := s.Versions(ctx, []string{run, other})
	must(t, err)
	changed := a
	changed.Digest = strings.Repeat("b", 64)
	if err := s.Change(ctx, run, store.Change{Artifacts: []record.Artifact{changed}}); !errors.Is(err, fault.ErrDuplicate) {
		t.Errorf("other bytes of the name: %v", err)
	}
	for step := 1; step < 4; step++ {
		next := a
		next.Name, next.Step = "step "+string(rune('0'+step)), step
		must(t, s.Change(ctx, run, store.Change{Artifacts: []record.Artifact{next}, Checkpoints: &store.Checkpoints{Attempt: 1, Keep: 2}}))
	}
	must(t, s.Change(ctx, other, store.Change{Artifacts: []record.Artifact{{Kind: record.KindFigure, Name: "f", Step: record.NoStep, Digest: digest, Size: 5}}}))
	r := get(t, s, run)
	if len(r.Checkpoints) != 2 || r.Checkpoints[1].Step != 3 || r.Checkpoints[1].Attempt != 1 || get(t, s, other).Figures[0].Step != record.NoStep {
		t.Errorf("the checkpoints are %+v", r.Checkpoints)
	}
	now, err := s.Versions(ctx, []string{run, other})
	if err != nil || now[run] == versions[run] || now[other] == versions[other] || len(now) != 2 {
		t.Errorf("the versions were %q, are %q, %v", versions, now, err)
	}
	uses := 0
	must(t, s.Artifacts(ctx, func(u store.ArtifactUse) error {
		uses += u.Uses
		if u.Digest != digest || u.Size != 5 {
			t.Errorf("a use is %+v", u)
		}
		return nil
	}))
	early := time.Unix(1000, 0)
	for _, id := range []string{run, other} {
		if named, err := s.Named(ctx, digest, early); err != nil || !named {
			t.Errorf("before %s is deleted, it is named: %v, %v", id, named, err)
		}
		_, err := s.SetDeleted(ctx, store.RunKind, id, &early)
		must(t, err)
	}
	if named, err := s.Named(ctx, digest, early); err != nil || named || uses != 3 {
		t.Errorf("%d uses; after all are deleted it is named: %v, %v", uses, named, err)
	}
	if named, err := s.Named(ctx, digest, early.Add(-time.Second)); err != nil || !named {
		t.Errorf("as long as they may come back it is named: %v, %v", named, err)
	}
}

func testCheck(t *testing.T, s store.Store) {
	id := begin(t, s, "0000000001").ID
	log, err := s.Log(ctx, id, 1)
	must(t, err)
	must(t, log.Append(ctx, points(1, 100, 0)))
	n, err := s.Check(ctx, func(run, what string, _ func() error) error {
		t.Errorf("run %q: %s", run, what)
		return nil
	})
	if err != nil || n != 100 || s.Writable() != nil {
		t.Errorf("%d points, %v, %v", n, err, s.Writable())
	}
}
