package export

import (
	"context"
	"strings"

	"flowbook/journal"
	"flowbook/journal/provenance"
)

// A codeDiffView is how the code of two runs differs, as the page shows it.
type codeDiffView struct {
	Says    string // whether it is the same
	Unknown []string
	Files   []fileDiff
	More    string // what is left out to keep the page small
}

// A fileDiff is what differs in a file.
type fileDiff struct {
	Name  string
	Lines []diffLine
}

// A diffLine is a line of a unified diff; Kind is "add", "del", "at", "head" or "", of what is the same.
type diffLine struct{ Kind, Text string }

// mostDiff is how many bytes of a diff a page shows.
const mostDiff = 256 << 10

// newCodeDiff compares the code of two runs.
func newCodeDiff(ctx context.Context, j *journal.Journal, first, second string) (*codeDiffView, error) {
	d, err := j.CodeDiff(ctx, first, second)
	if err != nil {
		return nil, err
	}
	v := &codeDiffView{Unknown: d.Unknown}
	switch d.Code {
	case provenance.Same:
		v.Says = "The code is the same."
	case provenance.Different:
		v.Says = "The code differs: " + d.Change + "."
	default:
		v.Says = "Whether the code is the same is not known: " + d.Change + "."
	}
	text := strings.ToValidUTF8(d.Diff, "\uFFFD")
	if n := len(text) - mostDiff; n > 0 {
		at := strings.LastIndexByte(text[:mostDiff], '\n') + 1
		v.More = bytesText(int64(len(text)-at)) + " more of the diff are left out; journal compare --code shows all."
		text = text[:at]
	}
	v.Files = readDiff(text)
	return v, nil
}

// readDiff takes a diff of git's apart.
func readDiff(text string) (files []fileDiff) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if name, ok := strings.CutPrefix(line, "diff --git "); ok || len(files) == 0 {
			if _, after, ok := strings.Cut(name, " b/"); ok {
				name = after
			}
			files = append(files, fileDiff{Name: name})
			if ok {
				continue
			}
		}
		file := &files[len(files)-1]
		file.Lines = append(file.Lines, diffLine{kindOf(line), line})
	}
	return files
}

func kindOf(line string) string {
	switch {
	case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"), strings.HasPrefix(line, "index "):
		return "head"
	case strings.HasPrefix(line, "+"):
		return "add"
	case strings.HasPrefix(line, "-"):
		return "del"
	case strings.HasPrefix(line, "@@"):
		return "at"
	}
	return ""
}
