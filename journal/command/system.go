package command

import (
	"time"

	"github.com/spf13/cobra"

	"flowbook/journal"
	"flowbook/journal/system"
)

// systemFlag is the flag of commands that run something.
func systemFlag(cmd *cobra.Command, every *time.Duration) {
	cmd.Flags().DurationVar(every, "system", 0, "log every so often what the run takes of processors, memory and GPUs, as 5s")
}

// systemOption is what the flag asks for.
func systemOption(cmd *cobra.Command, every time.Duration) ([]journal.Option, error) {
	if !cmd.Flags().Changed("system") {
		return nil, nil
	}
	if every < system.Shortest {
		return nil, wrong("--system %v: %v is the shortest", every, system.Shortest)
	}
	return []journal.Option{system.Watched(every)}, nil
}
