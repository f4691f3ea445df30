package journal

import (
	"os"
	"runtime"
	"strings"

	"flowbook/journal/internal/plain"
	"flowbook/journal/internal/secret"
	"flowbook/journal/record"
)

func gatherMachine(self process) record.Machine {
	dir, _ := os.Getwd()
	args := secret.Args(os.Args)
	for i, a := range args {
		args[i] = plain.Clean(a)
	}
	return record.Machine{Host: self.host, OS: runtime.GOOS, Arch: runtime.GOARCH, CPU: cpuName(), CPUs: runtime.NumCPU(),
		Go: runtime.Version(), PID: self.pid, Command: args, Dir: plain.Clean(dir)}
}

// cpuName is the processor's name as Linux tells it; empty elsewhere.
func cpuName() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(info)) {
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
