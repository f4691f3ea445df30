package export

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"flowbook/journal"
	"flowbook/journal/internal/screen"
)

// tail is the end of a text, in whole lines of about n bytes, after a word on what is missing.
func tail(text string, n int) string {
	if len(text) <= n {
		return strings.ToValidUTF8(text, "\uFFFD")
	}
	return cut(text, n, 0)
}

// cut is the end of a text of about n bytes, before which there are more bytes than the text has.
func cut(text string, n int, before int64) string {
	at := max(0, len(text)-n)
	if nl := strings.IndexByte(text[at:], '\n'); at > 0 && nl >= 0 && nl < n/2 {
		at += nl + 1
	}
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	return fmt.Sprintf("… %s before this\n", bytesText(before+int64(at))) + strings.ToValidUTF8(text[at:], "\uFFFD")
}

// shownOutput is the end of a run's captured output, as it stands on the terminal in the end: about n bytes, after a word on what is
// missing. Of a progress bar that is the last state, however long it ran.
func shownOutput(ctx context.Context, j *journal.Journal, run string, n int) (string, error) {
	last, before, err := j.OutputTail(ctx, run, int64(4*n))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	w := screen.New(&b)
	for _, o := range last {
		_, _ = w.Write(o.Text) // to memory
	}
	_ = w.Close()
	text := strings.Trim(b.String(), "\r\n")
	if len(text) > n || before > 0 {
		return cut(text, n, before), nil
	}
	return strings.ToValidUTF8(text, "\uFFFD"), nil
}
