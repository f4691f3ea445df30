package journal

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pw is in every secret of the test; it is put together so that this file is none of the places where it is found.
var pw = "zebra" + "fish9"

// TestSecrets has a program give secrets in every place that takes a text, and wants none of them in any file of the journal.
func TestSecrets(t *testing.T) {
	dir, _ := project(t)
	token := func(n int) string { return "ghp_" + strings.Repeat(string(rune('a'+n)), 36) }
	must(t, os.WriteFile(filepath.Join(dir, ".env"), []byte("KEY="+token(0)+"\nPLAIN="+pw+"plain\n"), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "new.go"), []byte("package main // "+token(1)+"\n"), 0o644))
	args := os.Args
	defer func() { os.Args = args }()
	os.Args = []string{"prog", "--token", pw + "flag", "--journal=postgres://me:" + pw + "url@h/d", token(2)}
	ctx := context.Background()
	j, err := OpenDefault()
	must(t, err)
	type nested struct{ Password string }
	config := struct {
		APIKey string `json:"api_key"`
		URL    string
		LR     float64
		DB     nested
		List   []string
	}{pw + "key", "https://me:" + pw + "cfg@example.org", 0.5, nested{pw + "nested"}, []string{token(3)}}
	run, err := j.Begin(ctx, "x", config, WithTags("token="+token(4), "wide"), WithName("run of "+token(5)), WithData("set", "https://u:"+pw+"data@h/x"))
	must(t, err)
	must(t, run.Note("with "+token(6)+" and password="+pw+"note"))
	must(t, run.Tag("secret="+pw+"tag"))
	_, err = run.Write([]byte("logged in with " + token(7) + "\n"))
	must(t, err)
	must(t, run.Log(1, Metrics{"loss": 1}))
	must(t, run.Flush())
	_, err = j.Write(ctx, Entry{Title: "About " + token(8), Body: "It needs " + token(9), Runs: []string{run.ID}})
	must(t, err)
	failed := errors.New("login failed: https://me:" + pw + "err@example.org")
	must(t, run.Finish(&failed))
	r, err := j.Get(ctx, run.ID)
	must(t, err)
	must(t, j.Close())
	if !strings.Contains(string(r.Config), `"LR":0.5`) || len(r.Tags) != 3 || !strings.Contains(r.Error, "login failed: https://me:") {
		t.Errorf("the record: %s %q %s", r.Config, r.Tags, r.Error)
	}
	must(t, filepath.WalkDir(filepath.Join(dir, ".flowbook"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(p)
		if i := bytes.Index(data, []byte(pw)); i >= 0 {
			t.Errorf("%s holds %q", p, data[max(0, i-20):min(len(data), i+20)])
		}
		for n := range 10 {
			if bytes.Contains(data, []byte(token(n))) {
				t.Errorf("%s holds token %d", p, n)
			}
		}
		return err
	}))
}

// TestSecretReplay replays a run whose config had a secret: the experiment's default is taken, and said.
func TestSecretReplay(t *testing.T) {
	type config struct {
		APIKey string `json:"api_key"`
		Rate   float64
	}
	got := []string{}
	Register("secret replay", Typed("", config{APIKey: "default"}, func(_ context.Context, run *Run, c config) error {
		got = append(got, c.APIKey)
		return run.Log(0, Metrics{"rate": c.Rate})
	}))
	ctx := context.Background()
	j := openTemp(t)
	r, err := Execute(ctx, j, "secret replay", []string{"api_key=mine", "rate=2"})
	must(t, err)
	report, err := Replay(ctx, j, r.ID)
	must(t, err)
	if strings.Join(got, " ") != "mine default" || !report.Identical || !strings.Contains(report.String(), `"api_key"`) {
		t.Errorf("%q, %s", got, report)
	}
}
