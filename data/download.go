package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// remote is a file on the net, known by its digest.
type remote struct {
	name   string
	bases  []string // addresses of the folders that hold it, in order of preference
	sha256 string
}

// download puts the file at path; its errors are for the caller to say "data: …" before. Bytes arrive in path.part, which a broken or cancelled download leaves behind for the
// next call to go on from; only a whole file with the right digest gets the name path.
func (o *options) download(f remote, path string) error {
	if o.offline {
		return fmt.Errorf("no %s, and downloads are off", f.name)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	bases := f.bases
	if o.mirrors != nil {
		bases = o.mirrors
	}
	var err error
	for _, base := range bases {
		for range 20 { // as long as each try moves something: more of the part is here, or a wrong part is gone
			before := sizeOf(path + ".part")
			if err = o.try(f, strings.TrimSuffix(base, "/")+"/"+f.name, path); err == nil {
				return nil
			}
			if o.ctx.Err() != nil || errors.Is(err, syscall.ENOSPC) {
				return err
			}
			if sizeOf(path+".part") == before {
				break
			}
		}
	}
	return err
}

func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

var errStalled = errors.New("the server sends nothing any more")

// try asks one address once.
func (o *options) try(f remote, url, path string) error {
	part := path + ".part"
	have := sizeOf(part)
	ctx, cancel := context.WithCancelCause(o.ctx)
	defer cancel(nil)
	watch := time.AfterFunc(o.stall, func() { cancel(errStalled) })
	defer watch.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	resp, err := o.client.Do(req)
	if err != nil {
		return fmt.Errorf("download of %s: %w", f.name, cause(ctx, err))
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusPartialContent && strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have)):
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && have > 0: // the part is already whole, or too long
		return finish(f, part, path)
	case resp.StatusCode == http.StatusOK: // no ranges here: the whole again
		if err := os.Remove(part); err != nil && !os.IsNotExist(err) {
			return err
		}
		have = 0
	case resp.StatusCode == http.StatusPartialContent:
		return fmt.Errorf("%s answered with another range than asked for", url)
	default:
		return fmt.Errorf("%s answered %s", url, resp.Status)
	}
	if err := o.receive(f, resp, have, part, func() { watch.Reset(o.stall) }); err != nil {
		return cause(ctx, err)
	}
	return finish(f, part, path)
}

// cause is err, or why ctx was ended if that is what err comes of.
func cause(ctx context.Context, err error) error {
	if c := context.Cause(ctx); errors.Is(c, errStalled) {
		return fmt.Errorf("%w (%w)", c, err)
	}
	return err
}

// receive appends the body to the part, calling alive as bytes come.
func (o *options) receive(f remote, resp *http.Response, have int64, part string, alive func()) error {
	w, err := o.openPart(part)
	if err != nil {
		return err
	}
	total := have + max(resp.ContentLength, 0)
	if resp.ContentLength < 0 {
		total = 0
	}
	count := &counter{o, alive, Progress{What: f.name, Done: have, Total: total, Unit: "bytes"}}
	n, err := io.Copy(w, io.TeeReader(resp.Body, count))
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("no space left on the disk of %s (%s needed for %s): free some and call again, it goes on from there: %w",
			filepath.Dir(part), megabytes(total), f.name, err)
	case err != nil:
		return fmt.Errorf("download of %s broke off after %d bytes (call again, it goes on from there): %w", f.name, have+n, err)
	}
	return nil
}

// finish gives the part its name if its digest is right, and removes it if not.
func finish(f remote, part, path string) error {
	sum, err := fileSHA256(part)
	if err != nil {
		return err
	}
	if sum != f.sha256 {
		os.Remove(part)
		return fmt.Errorf("%s as downloaded has sha256 %s, the official file %s: thrown away; try again or name another Mirror", f.name, sum, f.sha256)
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return nil
}

type counter struct {
	o     *options
	alive func()
	p     Progress
}

func (c *counter) Write(b []byte) (int, error) {
	c.p.Done += int64(len(b))
	c.alive()
	c.o.progress(c.p)
	return len(b), nil
}

// fileSHA256 is the hex digest of a file, read as a stream.
func fileSHA256(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func megabytes(n int64) string {
	if n <= 0 {
		return "an unknown size"
	}
	return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
}
