package data

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
)

func TestOrderedKeepsOrderAndBounds(t *testing.T) {
	var running, most atomic.Int64
	next := 0
	err := ordered(t.Context(), 2000, func(i int) int {
		n := running.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		if i%7 == 0 {
			runtime.Gosched()
		}
		return i * i
	}, func(i, v int) error {
		running.Add(-1)
		if i != next || v != i*i {
			t.Fatalf("item %d, value %d came where %d was due", i, v, next)
		}
		next++
		return nil
	})
	if err != nil || next != 2000 {
		t.Errorf("%d items, %v", next, err)
	}
	if limit := int64(8*runtime.GOMAXPROCS(0) + 1); most.Load() > limit {
		t.Errorf("%d results at once, limit %d", most.Load(), limit)
	}
}

func TestOrderedStops(t *testing.T) {
	full := errors.New("full")
	before := runtime.NumGoroutine()
	if err := ordered(t.Context(), 1000, func(i int) int { return i }, func(i, _ int) error {
		if i == 100 {
			return full
		}
		return nil
	}); err != full {
		t.Errorf("%v, want %v", err, full)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := ordered(ctx, 1000, func(i int) int { return i }, func(i, _ int) error {
		if i == 100 {
			cancel()
		}
		return nil
	}); err != context.Canceled {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines left", after-before)
	}
}
