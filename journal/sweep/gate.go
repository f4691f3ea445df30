package sweep

import (
	"context"
	"sync"

	"github.com/riverqueue/river/riverdriver"
)

// A gate lets no more jobs be taken than there are workers. Each sweep is a queue of River's, so that a worker can take the jobs of one
// sweep alone; River counts workers queue by queue, the gate counts them over all. It also holds back the sweeps that others go before.
type gate struct {
	mu    sync.Mutex
	free  int
	rank  map[string]int // the priority of each sweep
	first int            // the priority of the sweeps whose turn it is
}

// take takes up to n places for a sweep.
func (g *gate) take(sweep string, n int) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.rank[sweep] > g.first {
		return 0
	}
	n = min(n, g.free)
	g.free -= n
	return n
}

// give gives n places back.
func (g *gate) give(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.free += n
}

// turn says which sweeps wait, and with what priority.
func (g *gate) turn(rank map[string]int, first int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rank, g.first = rank, first
}

// gated is River's executor with the gate before the statement that takes jobs. The place of a job that is taken is given back when its
// work ends.
type gated struct {
	riverdriver.Executor
	gate *gate
}

func (g gated) JobGetAvailable(ctx context.Context, params *riverdriver.JobGetAvailableParams) (*riverdriver.JobGetAvailableResult, error) {
	places := g.gate.take(params.Queue, params.MaxToLock)
	if places == 0 {
		return &riverdriver.JobGetAvailableResult{}, nil
	}
	fewer := *params
	fewer.MaxToLock = places
	result, err := g.Executor.JobGetAvailable(ctx, &fewer)
	taken := 0
	if err == nil {
		taken = len(result.Jobs) - len(result.DecodeErrors) // a job that cannot be read never gets to work
	}
	g.gate.give(places - taken)
	return result, err
}
