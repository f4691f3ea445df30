package record

import (
	"regexp"
	"time"
)

// An Entry is a dated page of the journal: Markdown with TeX maths between $…$ or $$…$$, tags and links to runs.
type Entry struct {
	ID      string     `json:"id"`
	Title   string     `json:"title,omitempty"`
	Body    string     `json:"body"`
	Date    time.Time  `json:"date"`
	Updated time.Time  `json:"updated"`
	Deleted *time.Time `json:"deleted,omitempty"`
	Tags    []string   `json:"tags,omitempty"`
	Runs    []string   `json:"runs,omitempty"` // ids of the runs it links to
}

// RunLink finds a link to a run in an entry's text, as in [the fix](run:k3f9a).
var RunLink = regexp.MustCompile(`\brun:([0-9a-z]{4,10})\b`)
