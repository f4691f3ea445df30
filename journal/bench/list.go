package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"flowbook/journal"
	"flowbook/journal/internal/crowd"
)

//go:embed peers_list.py
var peersList string

// Many and fewer are how many runs are listed: Aim's client takes a minute to write a thousand.
const (
	many  = 10_000
	fewer = 1_000
)

// A listing is what it costs to list some runs with their parameters and the last values of their metrics: the whole command `journal ls`, and
// a call of a peer's client in a program that is under way.
type listing struct {
	Store   string
	Runs    int
	Seconds float64 // the least of three
}

// list measures listings, and prints them as a table.
func list(python, dir string) (all []listing, err error) {
	program := filepath.Join(dir, "viewer")
	if out, err := exec.Command("go", "build", "-o", program, "flowbook/journal/cmd/viewer").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	for _, n := range []int{many, fewer} {
		ours, err := listOurs(program, filepath.Join(dir, fmt.Sprintf("list%d.db", n)), n)
		if err != nil {
			return nil, err
		}
		all = append(all, listing{"flowbook journal, `ls`", n, ours})
	}
	for _, peer := range []struct {
		name, store string
		runs        int
	}{{"mlflow", "MLflow, SQLite", many}, {"aim", "Aim", fewer}} {
		seconds, err := listPeer(python, dir, peer.name, peer.runs)
		if err != nil {
			fmt.Println(peer.store, "is not measured:", err)
			continue
		}
		all = append(all, listing{peer.store, peer.runs, seconds})
	}
	fmt.Print("\n| store | runs | listed in |\n|---|---|---|\n")
	for _, l := range all {
		fmt.Printf("| %s | %d | %.2f s |\n", l.Store, l.Runs, l.Seconds)
	}
	return all, nil
}

func listOurs(program, path string, n int) (least float64, err error) {
	ctx := context.Background()
	j, err := journal.Open(path)
	if err != nil {
		return 0, err
	}
	if err := crowd.Fill(ctx, j, n); err != nil {
		return 0, err
	}
	if err := j.Close(); err != nil {
		return 0, err
	}
	for range 3 {
		start := time.Now()
		if out, err := exec.Command(program, "ls", "--journal", path).Output(); err != nil {
			return 0, fmt.Errorf("ls: %w: %s", err, out)
		}
		if took := time.Since(start).Seconds(); least == 0 || took < least {
			least = took
		}
	}
	return least, nil
}

func listPeer(python, dir, peer string, n int) (seconds float64, err error) {
	folder := filepath.Join(dir, peer)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return 0, err
	}
	cmd := exec.Command(python, "-c", peersList, peer, folder, strconv.Itoa(n))
	cmd.Env = append(os.Environ(), "MLFLOW_DISABLE_TELEMETRY=true", "DO_NOT_TRACK=true", "AIM_DISABLE_TELEMETRY=1", "PYTHONWARNINGS=ignore")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w (make bench installs it)", python, err)
	}
	return seconds, json.Unmarshal(out, &seconds)
}
