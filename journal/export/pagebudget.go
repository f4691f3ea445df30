package export

// A room counts the bytes that a page still may have.
type room struct{ left, used int64 }

func newRoom(bytes int64) *room { return &room{left: bytes} }

// half is half of what is left, to be used by itself.
func (r *room) half() *room { return &room{left: r.left / 2} }

// take makes room for a part of the page, by its template.
func (r *room) take(name string, data any) error {
	n := new(counter)
	err := templates.ExecuteTemplate(n, name, data)
	r.left -= int64(*n)
	r.used += int64(*n)
	return err
}

// fits makes room for a part where there is enough.
func (r *room) fits(name string, data any) (bool, error) {
	was := *r
	if err := r.take(name, data); err != nil || r.left >= 0 {
		return true, err
	}
	*r = was
	return false, nil
}

// full makes room for a run and the versions of code that come with it, and tells where there is not enough for all.
func (r *room) full(parts ...any) (bool, error) {
	was := *r
	for _, part := range parts {
		name := "run"
		if _, ok := part.(*codeView); ok {
			name = "code"
		}
		if fits, err := r.fits(name, part); err != nil || !fits {
			*r = was
			return true, err
		}
	}
	return false, nil
}

// A counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }
