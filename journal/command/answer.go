package command

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"flowbook/journal"
)

// with opens the journal for what a command does with it. A journal that is not there yet is not made, unless the command writes one.
func (a *app) with(create bool, do func(j *journal.Journal) error) (err error) {
	url := a.url
	if url == "" {
		url = journal.DefaultURL()
	}
	if path, isFile := filePath(url); isFile && !create {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no journal at %s: a run begins one, or name another with --journal", path)
		}
	}
	j, err := journal.Open(url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	return do(j)
}

// filePath is the path of a journal that is a file.
func filePath(url string) (path string, isFile bool) {
	path, _, _ = strings.Cut(strings.TrimPrefix(url, "sqlite:"), "?artifacts=")
	return path, !strings.Contains(path, "://")
}

// withRun opens the journal for what a command does with the run that is named.
func (a *app) withRun(ctx context.Context, name string, do func(j *journal.Journal, id string) error) error {
	return a.with(false, func(j *journal.Journal) error {
		known, err := namesOf(ctx, j)
		if err != nil {
			return err
		}
		id, err := known.run(name)
		if err != nil {
			return err
		}
		return do(j, id)
	})
}

// answer writes v as JSON when that is asked for, else as text.
func (a *app) answer(v any, text func(w io.Writer)) error {
	if a.json {
		return writeJSON(a.out, v)
	}
	w := bufio.NewWriter(a.out)
	text(w)
	return w.Flush()
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// table writes rows in columns; the first row is the head.
func table(w io.Writer, rows [][]string) {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i := range row {
			row[i] = plain(row[i])
		}
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	t.Flush()
	for line := range strings.Lines(b.String()) {
		fmt.Fprintln(w, strings.TrimRight(line, " \n"))
	}
}

// count is a number of things, as in "1 run" and "2 runs".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

// plain is a text as it can stand in a line of a terminal: what would move the cursor, change colours or turn the direction of
// what follows is left out.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		if r < ' ' || r >= 0x7f && r < 0xa0 || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// lines is a text of several lines without what a terminal would obey.
func lines(text string) string {
	all := strings.Split(text, "\n")
	for i, line := range all {
		all[i] = plain(line)
	}
	return strings.Join(all, "\n")
}

// ids are the answers of commands that change runs or entries.
type ids struct {
	IDs []string `json:"ids"`
}

func (a *app) each(ctx context.Context, j *journal.Journal, done string, given []string, resolve func(names, string) (string, error), do func(ctx context.Context, id string) error) error {
	known, err := namesOf(ctx, j)
	if err != nil {
		return err
	}
	var result ids
	for _, name := range given { // all before the first is done: what last means must not change in between
		id, err := resolve(known, name)
		if err != nil {
			return err
		}
		if !slices.Contains(result.IDs, id) {
			result.IDs = append(result.IDs, id)
		}
	}
	for i, id := range result.IDs {
		if err = do(ctx, id); err != nil {
			result.IDs = result.IDs[:i] // these are done, and are said
			break
		}
	}
	if err != nil && len(result.IDs) == 0 {
		return err
	}
	return errors.Join(a.answer(result, func(w io.Writer) {
		for _, id := range result.IDs {
			fmt.Fprintln(w, done, id)
		}
	}), err)
}
