package export

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"

	"flowbook/journal"
	"flowbook/journal/provenance"
)

// codes collects the versions of code that the page's runs ran, each once.
type codes struct {
	j       *journal.Journal
	left    int // bytes of sources still to show
	all     []*codeView
	byKey   map[string]*codeView
	modules map[string]*moduleSet
}

// A codeView is one version of the code on the page.
type codeView struct {
	Key     string // a short digest of the code: the same on the page and in a run alone
	Label   string
	Code    provenance.Code
	Sources []source
	Modules *moduleSet
	First   bool // the first version with these modules: they are listed there
	Runs    int
}

type moduleSet struct {
	Key     string // of the version at which they are listed
	Modules []provenance.Module
}

type source struct{ Name, Text string }

// of returns the version a run ran, nil when nothing is known of it.
func (c *codes) of(ctx context.Context, r *journal.Record) (*codeView, error) {
	if r.Code.Commit == "" && r.Code.Main == "" && len(r.Code.Modules) == 0 && len(r.Sources) == 0 {
		return nil, nil
	}
	key := hash(r.Code)
	v := c.byKey[key]
	if v == nil {
		v = &codeView{Key: short(key), Code: r.Code, Label: codeLabel(r.Code)}
		if v.Modules = c.set(r.Code.Modules); v.Modules != nil && v.Modules.Key == "" {
			v.Modules.Key, v.First = v.Key, true
		}
		for _, s := range r.Sources {
			text, err := c.read(ctx, s)
			if err != nil {
				return nil, err
			}
			v.Sources = append(v.Sources, source{s.Name, text})
		}
		c.all = append(c.all, v)
		c.byKey[key] = v
	}
	v.Runs++
	return v, nil
}

func codeLabel(code provenance.Code) string {
	label := "no commit"
	if code.Commit != "" {
		label = "commit " + short(code.Commit)
	}
	if code.Dirty {
		label += " with changes"
	}
	if code.Program != "" {
		label += ", program " + short(code.Program)
	}
	return label
}

func (c *codes) set(modules []provenance.Module) *moduleSet {
	if len(modules) == 0 {
		return nil
	}
	key := hash(modules)
	if c.modules[key] == nil {
		c.modules[key] = &moduleSet{Modules: modules}
	}
	return c.modules[key]
}

// read returns the text of a source while there is room on the page.
func (c *codes) read(ctx context.Context, a journal.Artifact) (string, error) {
	if int(a.Size) > c.left || a.Size > 256<<10 {
		return fmt.Sprintf("%s, left out to keep the page small", bytesText(a.Size)), nil
	}
	data, err := c.j.ReadArtifact(ctx, a.Digest)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "not there: " + err.Error(), nil
	}
	c.left -= len(data)
	return strings.ToValidUTF8(string(data), "\uFFFD"), nil
}

func hash(v any) string {
	b, _ := json.Marshal(v) // of journal.Code and []journal.Module, which JSON always can
	return fmt.Sprintf("%x", sha256.Sum256(b))
}

func short(digest string) string { return digest[:min(len(digest), 10)] }
