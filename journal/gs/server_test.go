package gs

import (
	"bytes"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A server is as much of Google Cloud Storage as its client needs to keep and find objects: a bucket in memory. See
// https://cloud.google.com/storage/docs/json_api/v1/objects.
type server struct {
	mu      sync.Mutex
	bucket  string
	objects map[string]object
	parts   map[string][]byte // uploads in parts, by object
	busy    int               // requests that are answered by 503
}

type object struct {
	data []byte
	at   time.Time
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy > 0 {
		s.busy--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	path := r.URL.EscapedPath()
	objects := "/storage/v1/b/" + s.bucket + "/o"
	name, isObject := strings.CutPrefix(path, objects+"/")
	name = strings.ReplaceAll(name, "%2F", "/")
	switch {
	case strings.HasPrefix(path, "/upload"+objects):
		s.upload(w, r)
	case path == objects:
		s.list(w, r.FormValue("prefix"))
	case !isObject || s.objects[name].at.IsZero():
		w.WriteHeader(http.StatusNotFound)
		answer(w, map[string]any{"error": map[string]any{"code": 404, "message": "no such object"}})
	case r.Method == http.MethodDelete:
		delete(s.objects, name)
		w.WriteHeader(http.StatusNoContent)
	case r.FormValue("alt") == "media":
		http.ServeContent(w, r, "", s.objects[name].at, bytes.NewReader(s.objects[name].data))
	default:
		answer(w, s.describe(name))
	}
}

// upload takes an object whole, as two MIME parts, or in pieces of a session.
func (s *server) upload(w http.ResponseWriter, r *http.Request) {
	if session := r.FormValue("upload_id"); session != "" {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		s.parts[session] = append(s.parts[session], data...)
		if strings.HasSuffix(r.Header.Get("Content-Range"), "/*") {
			w.Header().Set("Range", fmt.Sprintf("bytes=0-%d", len(s.parts[session])-1))
			w.Header().Set("X-Http-Status-Code-Override", "308") // for a client that takes no 308 itself
			return
		}
		s.keep(w, session, s.parts[session])
		delete(s.parts, session)
		return
	}
	var meta struct{ Name string }
	if r.FormValue("uploadType") == "resumable" {
		if json.NewDecoder(r.Body).Decode(&meta) == nil {
			w.Header().Set("Location", "http://"+r.Host+r.URL.Path+"?upload_id="+meta.Name)
		}
		return
	}
	_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	parts := multipart.NewReader(r.Body, params["boundary"])
	first, err := parts.NextPart()
	if err != nil || json.NewDecoder(first).Decode(&meta) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	second, err := parts.NextPart()
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	data, err := io.ReadAll(second)
	if err == nil {
		s.keep(w, meta.Name, data)
	}
}

func (s *server) keep(w http.ResponseWriter, name string, data []byte) {
	s.objects[name] = object{data, time.Now()}
	answer(w, s.describe(name))
}

func (s *server) list(w http.ResponseWriter, prefix string) {
	items := []any{}
	for _, name := range slices.Sorted(maps.Keys(s.objects)) {
		if strings.HasPrefix(name, prefix) {
			items = append(items, s.describe(name))
		}
	}
	answer(w, map[string]any{"kind": "storage#objects", "items": items})
}

func (s *server) describe(name string) map[string]any {
	o := s.objects[name]
	sum := md5.Sum(o.data)
	return map[string]any{"kind": "storage#object", "bucket": s.bucket, "name": name, "size": fmt.Sprint(len(o.data)), "md5Hash": sum[:],
		"generation": "1", "metageneration": "1", "updated": o.at.Format(time.RFC3339Nano), "timeCreated": o.at.Format(time.RFC3339Nano)}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client may have gone
}
