package provenance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"flowbook/journal/internal/ctxio"
	"flowbook/journal/internal/secret"
)

// A Binary is a program as it runs.
type Binary struct {
	Digest   string `json:"digest,omitempty"`   // sha256 of the executable file
	BuildID  string `json:"build_id,omitempty"` // which Go's linker gave it
	Path     string `json:"path,omitempty"`     // import path of its main package
	Revision string `json:"revision,omitempty"` // commit it was built of, where go build stamped it
	Modified bool   `json:"modified,omitempty"` // with uncommitted changes
	Folder   string `json:"folder,omitempty"`   // folder of the source that it was built of, as far as that is known; go build writes it into the file
	Why      string `json:"why,omitempty"`      // why there is no digest

	// Settings are how it was built: "go" for Go's version, and those of go build that differ from what they are for all, as -tags.
	// nil in records of older versions.
	Settings map[string]string `json:"settings,omitempty"`
}

// same tells whether two binaries are equal, and whether that is known.
func (b *Binary) same(other *Binary) (same, known bool) {
	switch {
	case b == nil || other == nil:
		return false, false
	case b.Digest != "" && other.Digest != "":
		return b.Digest == other.Digest, true
	case b.BuildID != "" && other.BuildID != "":
		return b.BuildID == other.BuildID, true
	}
	return false, false
}

// why says why two binaries cannot be compared.
func (b *Binary) why(other *Binary) string {
	for _, x := range []*Binary{b, other} {
		switch {
		case x == nil:
			return "a run of an older version does not record it"
		case x.Digest == "":
			return x.Why
		}
	}
	return ""
}

// settingDiff names a setting of the build that differs, where both are recorded.
func (b *Binary) settingDiff(other *Binary) string {
	if b.Settings == nil || other.Settings == nil {
		return ""
	}
	all := maps.Clone(b.Settings)
	maps.Copy(all, other.Settings)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if was, is := b.Settings[key], other.Settings[key]; was != is {
			return fmt.Sprintf("%s %q, now %q", key, was, is)
		}
	}
	return ""
}

// unknownSettings says that how one of two binaries was built is not recorded.
func (b *Binary) unknownSettings(other *Binary) string {
	if b.Settings == nil || other.Settings == nil {
		return " (with which settings the first was built is not recorded)"
	}
	return ""
}

// built is the commit that a binary is built of, where it is stamped.
func built(b *Binary) string {
	if b == nil || b.Revision == "" {
		return ""
	}
	if b.Modified {
		return short(b.Revision) + " with changes"
	}
	return short(b.Revision)
}

// self is the running binary; it does not change while it runs.
var self struct {
	sync.Mutex
	found Binary
}

// running reads the file of the running program.
func running(ctx context.Context) Binary {
	self.Lock()
	defer self.Unlock()
	if self.found.Digest != "" {
		return self.found
	}
	var b Binary
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Path = info.Path
		b.Settings = map[string]string{"go": info.GoVersion}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				b.Revision = s.Value
			case s.Key == "vcs.modified":
				b.Modified = s.Value == "true"
			case s.Value != "" && !strings.HasPrefix(s.Key, "vcs"):
				b.Settings[s.Key] = secret.Text(text(s.Value))
			}
		}
	}
	f, err := openSelf()
	if err != nil {
		b.Why = "the running program cannot be read: " + err.Error()
		return b
	}
	defer f.Close()
	head := make([]byte, 64<<10)
	n, _ := io.ReadFull(f, head)
	b.BuildID = buildID(head[:n])
	h := sha256.New()
	h.Write(head[:n])
	if _, err := io.Copy(h, ctxio.Reader(ctx, f)); err != nil {
		b.Why = "the running program could not be read whole: " + err.Error()
		return b
	}
	b.Digest = hex.EncodeToString(h.Sum(nil))
	self.found = b
	return b
}

// openSelf opens the file that runs, even where another one has taken its name since.
func openSelf() (*os.File, error) {
	if runtime.GOOS == "linux" {
		if f, err := os.Open("/proc/self/exe"); err == nil {
			return f, nil
		}
	}
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// buildID finds the id that Go's linker wrote near the beginning of an executable: in a note of an ELF file, else between marks.
func buildID(head []byte) string {
	if bytes.HasPrefix(head, []byte("\x7fELF")) {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			mark := make([]byte, 4, 8)
			order.PutUint32(mark, 4) // type of the note, before its name
			mark = append(mark, "Go\x00\x00"...)
			i := bytes.Index(head, mark)
			if i < 8 {
				continue
			}
			size := int(order.Uint32(head[i-4:]))
			if start := i + len(mark); size > 0 && size < 1024 && start+size <= len(head) {
				return string(head[start : start+size])
			}
		}
		return ""
	}
	_, rest, ok := bytes.Cut(head, []byte("\xff Go build ID: \""))
	id, _, end := bytes.Cut(rest, []byte("\"\n \xff"))
	if !ok || !end {
		return ""
	}
	return strings.ToValidUTF8(string(id), "?")
}
