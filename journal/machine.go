package journal

import (
	"os"
	"runtime"
	"strings"

	"flowbook/journal/internal/secret"
)

// Machine is where a run ran.
type Machine struct {
	Host    string   `json:"host"`
	OS      string   `json:"os"`
	Arch    string   `json:"arch"`
	CPU     string   `json:"cpu,omitempty"`
	CPUs    int      `json:"cpus"`
	Go      string   `json:"go"`
	PID     int      `json:"pid"`
	Command []string `json:"command"`
	Dir     string   `json:"dir"`
}

func gatherMachine(self process) Machine {
	dir, _ := os.Getwd()
	args := secret.Args(os.Args)
	for i, a := range args {
		args[i] = clean(a)
	}
	return Machine{Host: self.host, OS: runtime.GOOS, Arch: runtime.GOARCH, CPU: cpuName(), CPUs: runtime.NumCPU(),
		Go: runtime.Version(), PID: self.pid, Command: args, Dir: clean(dir)}
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
