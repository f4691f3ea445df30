package front

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"flowbook/notebooks/kernel/internal/gotext"
	"flowbook/notebooks/kernel/internal/wire"
)

// remedy is what to do about a kernel that is not whole.
func remedy(why error) string {
	if errors.Is(why, syscall.ENOSPC) || errors.Is(why, syscall.EDQUOT) {
		return "make room on that disk; then restart the kernel"
	}
	return "`make lab` in the project's folder sets it up; then restart the kernel"
}

// goWork is the argument of GoNB that names the project.
const goWork = "-go_work="

// missing says what the kernel needs and does not find where set-up put it; nil for nothing.
func (c Config) missing() error {
	programs := filepath.Join(c.Home, "kernel-bin")
	needs := []struct{ what, path string }{
		{"GoNB, which runs the cells,", c.GoNB[0]},
		{"a program of the kernel's", filepath.Join(programs, "go")},
		{"a program of the kernel's", filepath.Join(programs, "cell")},
	}
	for _, argument := range c.GoNB[1:] {
		if project, ok := strings.CutPrefix(argument, goWork); ok {
			needs = append(needs, struct{ what, path string }{"the project that this kernel was set up for", filepath.Join(project, "go.mod")})
		}
	}
	for _, n := range needs {
		if _, err := os.Stat(n.path); err != nil {
			return fmt.Errorf("%s is not there: %w", n.what, err)
		}
	}
	if _, err := exec.LookPath("goimports"); err != nil {
		return fmt.Errorf("goimports, which GoNB needs, is not there: %w", err)
	}
	if out, err := exec.Command(needs[1].path, "version").CombinedOutput(); err != nil {
		return fmt.Errorf("go does not run: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// giveIn makes the kernel one that only says what is wrong with it: to each cell, and in Jupyter's log.
func (f *front) giveIn(why error) {
	f.broken = why
	f.log(why)
	fmt.Fprintf(os.Stderr, "flowbook kernel: %v. %s\n", why, remedy(why))
	f.ready()
}

// refuse answers the running cell with an error in GoNB's place.
func (f *front) refuse(report gotext.Report) {
	r := f.running
	f.status(r.request, "busy")
	if !r.silent {
		f.publish(r.request, "execute_input", map[string]any{"code": r.code, "execution_count": r.count})
	}
	f.publish(r.request, "error", report)
	content := map[string]any{"execution_count": r.count}
	fail(content, report)
	f.after(linger, func() {
		f.send(f.server.Shell, wire.New("execute_reply", r.request, content))
		f.status(r.request, "idle")
		f.running = nil
		f.remember(r)
		if r.stopOnError {
			f.abort()
		}
		f.next()
	})
}
