//go:build !amd64 && !386 && !darwin

package machine

import (
	"os"
	"slices"
	"strings"
)

// processor is what the system says of the processors, without what differs from core to core or from day to day.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	var lines []string
	for _, line := range strings.Split(string(text), "\n") {
		name, _, _ := strings.Cut(line, ":")
		switch strings.TrimSpace(name) {
		case "", "processor", "BogoMIPS", "bogomips", "cpu MHz", "clock":
		default:
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "\n")
}
