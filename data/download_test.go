package data

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"flowbook/journal/home"
)

// made is a small file for the servers of these tests.
func made() ([]byte, remote) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 8192)
	return content, remote{name: "made.bin", sha256: hexSum(content)}
}

// breaking serves content, but closes the connection after limit bytes of the first answer. It counts answers.
func breaking(t *testing.T, content []byte, limit int, ranges bool) (*httptest.Server, *[]string) {
	t.Helper()
	var asked []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Range"))
		if !ranges {
			r.Header.Del("Range")
		}
		if len(asked) == 1 {
			w.Header().Set("Content-Length", "131072")
			w.Write(content[:limit])
			panic(http.ErrAbortHandler)
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}))
	t.Cleanup(srv.Close)
	return srv, &asked
}

func TestDownloadGoesOnWhereItBroke(t *testing.T) {
	for _, ranges := range []bool{true, false} { // a server without ranges sends the whole again
		content, f := made()
		srv, asked := breaking(t, content, 50000, ranges)
		path := filepath.Join(t.TempDir(), "sub", f.name)
		var last Progress
		err := gather([]Option{Mirror(srv.URL + "/"), OnProgress(func(p Progress) { last = p })}).download(f, path)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := os.ReadFile(path)
		if !bytes.Equal(got, content) {
			t.Errorf("ranges %v: the file differs", ranges)
		}
		if len(*asked) != 2 || (*asked)[1] != "bytes=50000-" {
			t.Errorf("ranges %v: asked %q", ranges, *asked)
		}
		if want := (Progress{f.name, 131072, 131072, "bytes"}); last != want {
			t.Errorf("ranges %v: last progress %+v, want %+v", ranges, last, want)
		}
		if _, err := os.Stat(path + ".part"); err == nil {
			t.Errorf("ranges %v: the part is still there", ranges)
		}
	}
}

func TestDownloadOfAWholePartOnlyChecks(t *testing.T) {
	content, f := made()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}))
	defer srv.Close()
	path := filepath.Join(t.TempDir(), f.name)
	write(t, path+".part", content)
	if err := gather([]Option{Mirror(srv.URL)}).download(f, path); err != nil {
		t.Fatal(err)
	}
	// A part that has other bytes than the file is thrown away, and the second try fetches it all.
	os.Remove(path)
	write(t, path+".part", bytes.Repeat([]byte("x"), 1000))
	if err := gather([]Option{Mirror(srv.URL)}).download(f, path); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, content) {
		t.Error("the file differs")
	}
}

func TestDownloadCancelledKeepsThePart(t *testing.T) {
	content, f := made()
	ctx, cancel := context.WithCancel(context.Background())
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "131072")
		w.Write(content[:60000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer srv.Close()
	path := filepath.Join(t.TempDir(), f.name)
	err := gather([]Option{Mirror(srv.URL), WithContext(ctx), OnProgress(func(p Progress) {
		if p.Done == 60000 {
			cancel()
		}
	})}).download(f, path)
	wantError(t, "cancelled", err, f.name, "60000 bytes", "goes on from there")
	if got, _ := os.ReadFile(path + ".part"); !bytes.Equal(got, content[:60000]) {
		t.Errorf("the part has %d bytes", len(got))
	}
}

func TestDownloadBad(t *testing.T) {
	content, f := made()
	path := filepath.Join(t.TempDir(), f.name)
	for _, c := range []struct {
		what    string
		handler http.HandlerFunc
		says    []string
	}{
		{"not found", http.NotFound, []string{"404"}},
		{"other content", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>log in</html>") },
			[]string{f.name, "sha256", f.sha256, "try again"}},
		{"another range", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", "bytes 5-14/131072")
			w.WriteHeader(http.StatusPartialContent)
			w.Write(content[:10])
		}, []string{"range"}},
	} {
		srv := httptest.NewServer(c.handler)
		err := gather([]Option{Mirror(srv.URL)}).download(f, path)
		wantError(t, c.what, err, c.says...)
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: a file appeared", c.what)
		}
		srv.Close()
	}
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	wantError(t, "no server", gather([]Option{Mirror(srv.URL)}).download(f, path), f.name, "connect")
	wantError(t, "offline", gather([]Option{Offline()}).download(f, path), f.name, "downloads are off")
}

func TestDownloadThatStalls(t *testing.T) {
	content, f := made()
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked > 2 { // silent from the start
			<-r.Context().Done()
			return
		}
		if asked == 1 {
			w.Header().Set("Content-Length", "131072")
			w.Write(content[:70000])
		} else {
			w.Header().Set("Content-Range", "bytes 70000-131071/131072")
			w.WriteHeader(http.StatusPartialContent)
			w.Write(content[70000:90000])
		}
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer srv.Close()
	path := filepath.Join(t.TempDir(), f.name)
	o := gather([]Option{Mirror(srv.URL)})
	o.stall = 200 * time.Millisecond
	wantError(t, "stalled", o.download(f, path), "sends nothing", f.name)
	if got, _ := os.ReadFile(path + ".part"); !bytes.Equal(got, content[:90000]) || asked != 3 {
		t.Errorf("the part has %d bytes after %d tries", len(got), asked)
	}
}

// fullDisk takes room bytes and then says what a full disk says.
type fullDisk struct {
	io.WriteCloser
	room int
}

func (d *fullDisk) Write(b []byte) (int, error) {
	if len(b) > d.room {
		n, _ := d.WriteCloser.Write(b[:d.room])
		d.room = 0
		return n, &os.PathError{Op: "write", Path: "made", Err: syscall.ENOSPC}
	}
	d.room -= len(b)
	return d.WriteCloser.Write(b)
}

// fillAfter makes disks that are full after room bytes.
func fillAfter(room int) Option {
	return func(o *options) {
		open := o.openPart
		o.openPart = func(path string) (io.WriteCloser, error) {
			f, err := open(path)
			return &fullDisk{f, room}, err
		}
	}
}

func TestDownloadFullDisk(t *testing.T) {
	content, f := made()
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}))
	defer srv.Close()
	path := filepath.Join(t.TempDir(), f.name)
	err := gather([]Option{Mirror(srv.URL), fillAfter(40000)}).download(f, path)
	wantError(t, "full disk", err, "no space left", filepath.Dir(path), "0.1 MB", "goes on from there")
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	if got, _ := os.ReadFile(path + ".part"); !bytes.Equal(got, content[:40000]) {
		t.Errorf("the part has %d bytes", len(got))
	}
	if err := gather([]Option{Mirror(srv.URL)}).download(f, path); err != nil {
		t.Fatalf("after space was freed: %v", err)
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, content) {
		t.Error("the file differs")
	}
}

func TestMNISTDownloads(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	noModule := func(o *options) { o.gomnist = t.TempDir() } // as where the program was built elsewhere
	srv := httptest.NewServer(http.FileServer(http.Dir(gomnistDir())))
	defer srv.Close()
	train, test, err := MNIST(Mirror(srv.URL), noModule)
	if err != nil || train.Len() != 60000 || test.Len() != 10000 {
		t.Fatal(train, test, err)
	}
	if _, _, err := MNIST(Offline(), noModule); err != nil { // now at home
		t.Error(err)
	}
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	_, _, err = MNIST(Offline(), noModule)
	wantError(t, "nowhere", err, "train-images-idx3-ubyte.gz", "put its four files in", home.Dir())
}
