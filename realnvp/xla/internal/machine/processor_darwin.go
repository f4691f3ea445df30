//go:build darwin && !amd64

package machine

import "syscall"

// processor is the chip's name, which says what it can do, and the system's build.
func processor() string {
	chip, _ := syscall.Sysctl("machdep.cpu.brand_string")
	system, _ := syscall.Sysctl("kern.osversion")
	return chip + " " + system
}
