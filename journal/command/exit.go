package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"flowbook/journal"
	"flowbook/journal/query"
)

// The exit codes.
const (
	Done        = 0
	Failed      = 1
	Usage       = 2
	Differs     = 3
	Interrupted = 130
)

// An exit is an error with an exit code of its own; a nil error says nothing.
type exit struct {
	code int
	err  error
}

func (e exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e exit) Unwrap() error { return e.err }

// wrong is an error in how the command was called.
func wrong(format string, args ...any) error {
	return exit{Usage, fmt.Errorf(format, args...)}
}

// arguments wants between low and high arguments (high < 0: any number); what names them.
func arguments(low, high int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < low || high >= 0 && len(args) > high {
			return wrong("%s wants %s; given: %d", cmd.CommandPath(), what, len(args))
		}
		return nil
	}
}

// report writes an error as one line, under a filter also the filter with a mark at the column, and returns the exit code.
func (a *app) report(ctx context.Context, err error) int {
	code := Failed
	var e exit
	switch {
	case errors.As(err, &e):
		code = e.code
	case errors.Is(err, journal.ErrInvalid):
		code = Usage
	case ctx.Err() != nil || errors.Is(err, context.Canceled):
		code = Interrupted
	}
	if err.Error() == "" {
		return code
	}
	var filter *query.Error
	isFilter := errors.As(err, &filter)
	if a.json {
		answer := map[string]any{"error": oneLine(err), "code": code}
		if isFilter {
			answer["error"], answer["column"] = filter.Message, filter.Column
		}
		_ = json.NewEncoder(a.err).Encode(answer)
		return code
	}
	if isFilter {
		fmt.Fprintln(a.err, "journal:", err)
		return code
	}
	fmt.Fprintln(a.err, "journal:", oneLine(err))
	return code
}

// oneLine is the text of an error in a line that a terminal may show, without the stack of a panic and at most some thousand bytes, of
// which journal show prints all.
func oneLine(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n\ngoroutine ")
	const most = 4000
	cut := ""
	if end := most; len(text) > end {
		for end > most-utf8.UTFMax && !utf8.RuneStart(text[end]) {
			end--
		}
		text, cut = text[:end], fmt.Sprintf("… (%d bytes more)", len(text)-end)
	}
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	for i := range lines {
		lines[i] = plain(strings.TrimSpace(lines[i]))
	}
	return strings.TrimPrefix(strings.Join(lines, "; "), "journal: ") + cut
}
