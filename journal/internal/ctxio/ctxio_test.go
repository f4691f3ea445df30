package ctxio

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestReader(t *testing.T) {
	ctx, stop := context.WithCancelCause(context.Background())
	r := Reader(ctx, strings.NewReader("abcdef"))
	b := make([]byte, 3)
	if n, err := r.Read(b); n != 3 || err != nil || string(b) != "abc" {
		t.Errorf("%d bytes %q, %v", n, b, err)
	}
	stop(nil)
	if rest, err := io.ReadAll(r); len(rest) != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("after the context's end: %q, %v", rest, err)
	}
}
