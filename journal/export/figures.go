package export

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"image"
	"runtime"
	"slices"
	"strings"
	"sync"

	"flowbook/journal"
	"flowbook/journal/record"
)

// images turns figures into what stands on the page, within a budget of bytes.
type images struct {
	j        *journal.Journal
	url      func(journal.Artifact) string
	budget   int64
	all      []journal.Artifact // newest run first
	limit    int64              // a figure larger than this is made smaller
	embedded map[string]*picture
}

// A picture is a figure on the page: an image, a text, or only a remark.
type picture struct {
	Src           template.URL
	Width, Height int // of the original, in pixels; 0 when not known
	Pixels        bool
	Text          string
	Remark        string
	Small         bool // made smaller than the original
}

// shown tells whether the page can show a figure of this kind.
func shown(mime string) bool {
	return strings.HasPrefix(mime, "image/") || mime == "text/plain" || strings.HasPrefix(mime, "text/plain;")
}

func (m *images) add(figures []journal.Artifact) {
	for _, f := range figures {
		if shown(f.MIME) {
			m.all = append(m.all, f)
		}
	}
}

// plan finds the limit at which all figures fit: small ones stay as they are, large ones share what is left evenly. Those that have to
// be smaller are remade at once; SVG, which cannot, is kept as long as there is room, newest first.
func (m *images) plan(ctx context.Context) error {
	if m.url != nil {
		return nil
	}
	sizes := make([]int64, len(m.all))
	for i, f := range m.all {
		sizes[i] = encoded(f.Size)
	}
	m.limit = fairLimit(sizes, m.budget)
	var now, late []journal.Artifact
	seen := map[string]bool{}
	for _, f := range m.all {
		if encoded(f.Size) > m.limit && !canShrink(f.MIME) {
			late = append(late, f)
		} else if !seen[f.Digest] {
			seen[f.Digest] = true
			now = append(now, f)
		}
	}
	if err := m.loadAll(ctx, now); err != nil {
		return err
	}
	left := m.budget
	for _, f := range m.all {
		if p := m.embedded[f.Digest]; p != nil {
			left -= int64(len(p.Src))
		}
	}
	for _, f := range late {
		if m.embedded[f.Digest] == nil && encoded(f.Size) > left {
			m.embedded[f.Digest] = &picture{Remark: fmt.Sprintf("%s of %s, left out to keep the page small", f.MIME, bytesText(f.Size))}
			continue
		}
		if _, err := m.load(ctx, f, f.Size); err != nil {
			return err
		}
		left -= encoded(f.Size)
	}
	return nil
}

// loadAll reads figures on all processors: making them smaller is most of the work of a large page.
func (m *images) loadAll(ctx context.Context, figures []journal.Artifact) error {
	next := make(chan journal.Artifact)
	var all sync.WaitGroup
	var guard sync.Mutex
	var failed error
	for range min(len(figures), runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for f := range next {
				p, err := m.read(ctx, f, m.limit/4*3)
				guard.Lock()
				if m.embedded[f.Digest] = p; err != nil {
					failed = err
				}
				guard.Unlock()
			}
		})
	}
	for _, f := range figures {
		next <- f
	}
	close(next)
	all.Wait()
	return failed
}

func encoded(n int64) int64 { return n*4/3 + 40 }

// fairLimit is the largest limit with Σ min(size, limit) ≤ budget.
func fairLimit(sizes []int64, budget int64) int64 {
	sizes = slices.Clone(sizes)
	slices.Sort(sizes)
	for i, size := range sizes {
		if share := budget / int64(len(sizes)-i); size > share {
			return share
		}
		budget -= size
	}
	return 1 << 62
}

// get returns a figure as it stands on the page.
func (m *images) get(ctx context.Context, f journal.Artifact) (*picture, error) {
	if !shown(f.MIME) {
		return &picture{Remark: fmt.Sprintf("%s, %s", f.MIME, bytesText(f.Size))}, nil
	}
	if m.url != nil && strings.HasPrefix(f.MIME, "image/") {
		return &picture{Src: template.URL(m.url(f))}, nil
	}
	return m.embed(ctx, f)
}

func (m *images) embed(ctx context.Context, f journal.Artifact) (*picture, error) {
	limit := m.limit
	if m.url != nil {
		limit = 1 << 62
	}
	return m.load(ctx, f, limit/4*3)
}

// load reads a figure once, made smaller when it is over limit bytes.
func (m *images) load(ctx context.Context, f journal.Artifact, limit int64) (*picture, error) {
	if p := m.embedded[f.Digest]; p != nil {
		return p, nil
	}
	p, err := m.read(ctx, f, limit)
	m.embedded[f.Digest] = p
	return p, err
}

// read makes a picture of a figure. One whose bytes are missing or damaged stands as a remark.
func (m *images) read(ctx context.Context, f journal.Artifact, limit int64) (*picture, error) {
	data, err := m.j.ReadArtifact(ctx, f.Digest)
	p := &picture{}
	switch {
	case ctx.Err() != nil:
		return p, ctx.Err()
	case err != nil:
		p.Remark = "not there: " + err.Error()
	case len(data) == 0:
		p.Remark = "it is empty"
	case !strings.HasPrefix(f.MIME, "image/"):
		p.Text = tail(string(data), 64<<10)
	default:
		p.image(data, f.MIME, limit)
	}
	return p, nil
}

func (p *picture) image(data []byte, mime string, limit int64) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil && canShrink(mime) {
		p.Remark = fmt.Sprintf("not shown: its bytes are no %s (%v)", mime, err)
		return
	}
	if err == nil {
		p.Width, p.Height = config.Width, config.Height
		p.Pixels = config.Width <= 160 && config.Height <= 160
	}
	if int64(len(data)) > limit {
		if data, mime = shrink(data, limit); data == nil {
			p.Remark = "left out to keep the page small"
			return
		}
		p.Small = true
	}
	p.Src = template.URL("data:" + strings.Map(mimeRune, mime) + ";base64," + base64.StdEncoding.EncodeToString(data))
}

// mimeRune keeps what a media type may have in it.
func mimeRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/+-.", r) {
		return r
	}
	return -1
}

// inText is a figure inside Markdown.
func (m *images) inText(ctx context.Context, f journal.Artifact, alt string) string {
	if alt == "" {
		alt = figureName(f)
	}
	p, err := m.get(ctx, f)
	if err != nil || p.Src == "" {
		return ""
	}
	class := "figure"
	if p.Pixels {
		class += " pixels"
	}
	return fmt.Sprintf(`<img class="%s" alt="%s" src="%s">`, class, html.EscapeString(alt), html.EscapeString(string(p.Src)))
}

func figureName(f journal.Artifact) string {
	if f.Step != record.NoStep {
		return fmt.Sprintf("%s, step %d", f.Name, f.Step)
	}
	return f.Name
}
