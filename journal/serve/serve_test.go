package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"flowbook/journal"
	"flowbook/journal/internal/crowd"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// served is a journal that is being served, and a browser's client that has opened the address with the token.
func served(t *testing.T) (j *journal.Journal, client *http.Client, base string) {
	t.Helper()
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"))
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- Serve(ctx, j, Options{Every: 20 * time.Millisecond}, func(url string) { ready <- url })
	}()
	var url string
	select {
	case url = <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		j.Close()
	})
	jar, err := cookiejar.New(nil)
	must(t, err)
	client = &http.Client{Jar: jar}
	answer, err := client.Get(url)
	must(t, err)
	answer.Body.Close()
	if answer.StatusCode != 200 || answer.Request.URL.RawQuery != "" {
		t.Fatalf("the printed address answers %s at %s; the token should be gone from it", answer.Status, answer.Request.URL)
	}
	base, _, _ = strings.Cut(url, "/?")
	return j, client, base
}

func body(t *testing.T, client *http.Client, url string) (int, string) {
	t.Helper()
	answer, err := client.Get(url)
	must(t, err)
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	must(t, err)
	return answer.StatusCode, string(b)
}

// TestServeToken holds that nobody without the token, and nobody by another name, gets anything.
func TestServeToken(t *testing.T) {
	_, client, base := served(t)
	stranger := &http.Client{}
	for _, path := range []string{"/", "/run/abcd", "/events", "/figure/" + strings.Repeat("a", 64) + ".png", "/?token=", "/?token=wrong"} {
		if code, text := body(t, stranger, base+path); code != 403 || strings.Contains(text, "<") {
			t.Errorf("%s answers a stranger %d %q", path, code, text)
		}
	}
	request, err := http.NewRequest("GET", base+"/", nil)
	must(t, err)
	request.Host = "evil.example:80"
	answer, err := client.Do(request)
	must(t, err)
	answer.Body.Close()
	if answer.StatusCode != 403 {
		t.Errorf("a request for another host is answered %s", answer.Status)
	}
	if code, _ := body(t, client, base+"/"); code != 200 {
		t.Errorf("the owner is answered %d", code)
	}
	answer, err = client.Post(base+"/", "text/plain", nil)
	must(t, err)
	answer.Body.Close()
	if answer.StatusCode != 405 {
		t.Errorf("POST is answered %s", answer.Status)
	}
}

// TestServeLive follows a run by its events: page when it begins, the run when it logs and when it ends.
func TestServeLive(t *testing.T) {
	ctx := context.Background()
	j, client, base := served(t)
	events, err := client.Get(base + "/events")
	must(t, err)
	defer events.Body.Close()
	lines := bufio.NewScanner(events.Body)
	next := func(want func(news) bool) {
		t.Helper()
		for lines.Scan() {
			text, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				continue
			}
			var n news
			must(t, json.Unmarshal([]byte(text), &n))
			if want(n) {
				return
			}
		}
		t.Fatalf("the events ended: %v", lines.Err())
	}
	past := time.Now().Add(-24 * time.Hour)
	old := &journal.Record{ID: "0000000000", Experiment: "yesterday", Status: journal.Finished, Started: past, Ended: &past}
	must(t, j.Import(ctx, old, nil, nil))
	next(func(n news) bool { return n.Page })
	must(t, j.Note(ctx, old.ID, "a day late"))
	next(func(n news) bool { return slices.Contains(n.Runs, old.ID) })
	run, err := j.Begin(ctx, "moons", map[string]int{"couplings": 8})
	must(t, err)
	next(func(n news) bool { return n.Page })
	for step := range 5 {
		must(t, run.Log(step, journal.Metrics{"nll": 2 - float64(step)/10}))
	}
	must(t, run.FigureAt(4, "samples", "image/png", []byte("\x89PNG")))
	must(t, run.Flush())
	about := func(n news) bool { return slices.Contains(n.Runs, run.ID) }
	next(about)
	code, article := body(t, client, base+"/run/"+run.ID)
	if code != 200 || !strings.Contains(article, "<svg") {
		t.Errorf("the run is answered %d without a curve: %s", code, article)
	}
	must(t, run.Finish(nil))
	next(func(n news) bool {
		if !about(n) {
			return false
		}
		_, article = body(t, client, base+"/run/"+run.ID)
		return strings.Contains(article, `class="run finished"`)
	})
	figure := regexp.MustCompile(`figure/[0-9a-f]{64}\.png`).FindString(article)
	answer, err := client.Get(base + "/" + figure)
	must(t, err)
	b, err := io.ReadAll(answer.Body)
	must(t, err)
	answer.Body.Close()
	if string(b) != "\x89PNG" || answer.Header.Get("Content-Type") != "image/png" || !strings.Contains(answer.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the figure is answered %q %v", b, answer.Header)
	}
	e, err := j.Write(ctx, journal.Entry{Title: "It trains"})
	must(t, err)
	next(func(n news) bool { return n.Page })
	for what, change := range map[string]func() error{ // of a run that is over, whenever that was
		"a note": func() error { return j.Note(ctx, run.ID, "late") },
		"a tag":  func() error { return j.Tag(ctx, run.ID, "late") },
		"a file": func() error { return j.AddArtifactBytes(ctx, run.ID, "late", "", []byte("late")) },
	} {
		must(t, change())
		next(about)
		if _, article := body(t, client, base+"/run/"+run.ID); !strings.Contains(article, "late") {
			t.Errorf("%s is not in the run", what)
		}
	}
	e.Body = "A text that came later."
	_, err = j.Write(ctx, e)
	must(t, err)
	next(func(n news) bool { return n.Page })
	if _, page := body(t, client, base+"/"); !strings.Contains(page, e.Body) {
		t.Error("the page lacks the entry's new text")
	}
	if _, page := body(t, client, base+"/"); !strings.Contains(page, "It trains") || !strings.Contains(page, "EventSource") {
		t.Error("the page lacks the entry or its script")
	}
}

// TestServeUnknown asks for what is not there.
func TestServeUnknown(t *testing.T) {
	_, client, base := served(t)
	for _, path := range []string{"/run/zzzz", "/figure/" + strings.Repeat("a", 64) + ".png", "/figure/..%2f..%2fetc.png", "/figure/x.html", "/nothing"} {
		if code, text := body(t, client, base+path); code != 404 {
			t.Errorf("%s is answered %d %q", path, code, text)
		}
	}
}

// TestServePort names a port that is taken.
func TestServePort(t *testing.T) {
	j, _, base := served(t)
	var port int
	must(t, json.Unmarshal([]byte(base[strings.LastIndex(base, ":")+1:]), &port))
	if err := Serve(context.Background(), j, Options{Port: port}, func(string) {}); err == nil || !strings.Contains(err.Error(), "choose another") {
		t.Errorf("a taken port gives %v", err)
	}
}

// TestServeBasePath serves as behind a proxy that shows the page at a path, and hands the path on or not.
func TestServeBasePath(t *testing.T) {
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"))
	must(t, err)
	defer j.Close()
	run, err := j.Begin(context.Background(), "x", nil)
	must(t, err)
	must(t, run.Finish(nil))
	h := Handler(j, Options{Token: "secret", BasePath: "user/me/proxy/80/"}, 80)
	ask := func(target string, cookies ...*http.Cookie) *http.Response {
		r := httptest.NewRequest("GET", "http://hub.example"+target, nil)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
	if a := ask("/user/me/proxy/80/"); a.StatusCode != 403 {
		t.Errorf("a stranger is answered %s", a.Status)
	}
	a := ask("/user/me/proxy/80/?token=secret&run=" + run.ID)
	if a.StatusCode != 303 || a.Header.Get("Location") != "./?run="+run.ID || len(a.Cookies()) != 1 || a.Cookies()[0].Path != "/user/me/proxy/80/" {
		t.Fatalf("the token is answered %s %v", a.Status, a.Header)
	}
	for _, target := range []string{"/user/me/proxy/80/", "/", "/user/me/proxy/80/run/" + run.ID, "/run/" + run.ID, "/user/me/proxy/80/?run=" + run.ID, "/?where=experiment%3Dx"} {
		answer := ask(target, a.Cookies()...)
		text, err := io.ReadAll(answer.Body)
		must(t, err)
		if answer.StatusCode != 200 || !strings.Contains(string(text), "run-"+run.ID) {
			t.Errorf("%s is answered %s", target, answer.Status)
		}
		if at := regexp.MustCompile(`(href|src|action)="/`).FindString(string(text)); at != "" {
			t.Errorf("%s leads out of the path", target)
		}
	}
	if answer := ask("/?where=nonsense%3D", a.Cookies()...); answer.StatusCode != 400 {
		t.Errorf("a bad filter is answered %s", answer.Status)
	}
}

// TestServeBasePathForms writes the path at which a proxy shows the page with and without slashes, and with a space, as browsers do.
func TestServeBasePathForms(t *testing.T) {
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"))
	must(t, err)
	defer j.Close()
	for given, want := range map[string]string{"": "/", "/": "/", "a": "/a/", "/a/": "/a/", "//a/b//": "/a/b/", "my path": "/my%20path/", "é": "/%C3%A9/"} {
		h := Handler(j, Options{Token: "secret", BasePath: given}, 80)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1:80"+want+"?token=secret", nil))
		cookies := w.Result().Cookies()
		if w.Code != 303 || len(cookies) != 1 || cookies[0].Path != want {
			t.Errorf("%q: the token is answered %d, %v", given, w.Code, cookies)
			continue
		}
		r := httptest.NewRequest("GET", "http://127.0.0.1:80"+want, nil)
		r.AddCookie(cookies[0])
		w = httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != 200 {
			t.Errorf("%q: the page is answered %d", given, w.Code)
		}
	}
}

// TestServeHost holds that on another address than 127.0.0.1 the token decides, by whatever name the server is called.
func TestServeHost(t *testing.T) {
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"))
	must(t, err)
	defer j.Close()
	for _, c := range []struct {
		host, name, cookie string
		want               int
	}{{"0.0.0.0", "box.example:80", "secret", 200}, {"0.0.0.0", "box.example:80", "", 403}, {"0.0.0.0", "box.example:80", "wrong", 403},
		{"", "box.example:80", "secret", 403}, {"", "127.0.0.1:80", "secret", 200}, {"127.0.0.1", "box.example:80", "secret", 403}} {
		r := httptest.NewRequest("GET", "http://"+c.name+"/", nil)
		r.AddCookie(&http.Cookie{Name: "flowbook-journal-80", Value: c.cookie})
		w := httptest.NewRecorder()
		Handler(j, Options{Token: "secret", Host: c.host}, 80).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%+v: %d", c, w.Code)
		}
	}
}

// BenchmarkTenThousand answers with the page of 10,000 runs: the newest of them, and of those that a filter chooses.
func BenchmarkTenThousand(b *testing.B) {
	j, err := journal.Open(filepath.Join(b.TempDir(), "journal.db"))
	must(b, err)
	defer j.Close()
	must(b, crowd.Fill(context.Background(), j, 10_000))
	h := Handler(j, Options{Token: "secret"}, 80)
	for name, target := range map[string]string{"newest": "/", "filter": "/?where=config.couplings%3E8%20and%20metric.m1%3C0.5"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r := httptest.NewRequest("GET", "http://127.0.0.1:80"+target, nil)
				r.AddCookie(&http.Cookie{Name: "flowbook-journal-80", Value: "secret"})
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != 200 {
					b.Fatal(w.Body)
				}
			}
		})
	}
}
