// Journal is the experiment journal's command with flowbook's own experiments: go run ./journal/cmd/journal --help.
package main

import (
	"context"

	"flowbook/journal/command"
	_ "flowbook/journal/gs"             // artifacts in gs: buckets
	_ "flowbook/journal/s3"             // artifacts in s3: buckets
	_ "flowbook/journal/store/postgres" // journals in PostgreSQL
	_ "flowbook/journal/sweep/postgres" // sweeps in PostgreSQL
	"flowbook/notebooks/experiment"
)

func main() {
	command.Main(command.Program{Watch: func(ctx context.Context) context.Context {
		return experiment.Watched(ctx, experiment.NewLive())
	}})
}
