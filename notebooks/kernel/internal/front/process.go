package front

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// process is what is known of one.
type process struct {
	pid, parent int
	ended       bool // it waits for its parent to notice
	name        string
}

// processes lists all processes of this machine by parent.
func processes() map[int][]process {
	out, err := list()
	if err != nil {
		return nil
	}
	byParent := map[int][]process{}
	for _, p := range out {
		byParent[p.parent] = append(byParent[p.parent], p)
	}
	return byParent
}

// list asks the system for its processes: Linux by its files, others by ps.
func list() (all []process, err error) {
	if names, err := readProc(); err == nil {
		return names, nil
	}
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=,stat=,comm=").Output()
	for _, line := range strings.Split(string(out), "\n") {
		if w := strings.Fields(line); len(w) >= 4 {
			pid, _ := strconv.Atoi(w[0])
			parent, _ := strconv.Atoi(w[1])
			all = append(all, process{pid, parent, strings.HasPrefix(w[2], "Z"), w[3]})
		}
	}
	return all, err
}

func readProc() (all []process, err error) {
	folder, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	names, err := folder.Readdirnames(0)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue
		}
		// PID (NAME) STATE PARENT …, where the name may hold anything
		open, end := strings.IndexByte(string(stat), '('), strings.LastIndexByte(string(stat), ')')
		if w := strings.Fields(string(stat)[end+1:]); open > 0 && len(w) > 1 {
			parent, _ := strconv.Atoi(w[1])
			all = append(all, process{pid, parent, w[0] == "Z", string(stat)[open+1 : end]})
		}
	}
	return all, nil
}

// below lists the processes that descend from one, without those below a process for which skip holds, or that one itself.
func below(pid int, byParent map[int][]process, skip func(process) bool) (pids []int) {
	for _, p := range byParent[pid] {
		if skip(p) {
			continue
		}
		if !p.ended {
			pids = append(pids, p.pid)
		}
		pids = append(pids, below(p.pid, byParent, skip)...)
	}
	return pids
}

// cellProcesses lists what runs for the cells: what descends from this process, save the two GoNBs and what the second
// one runs, and save some others and what they started.
func (f *front) cellProcesses(save map[int]bool) (pids []int) {
	all := processes()
	runner, second := f.runner.pid(), f.beside.gonb.pid()
	isTool := func(p process) bool {
		return p.pid == second || p.pid == f.survivor || p.name == "gopls" || save[p.pid]
	}
	if runner != 0 {
		pids = below(runner, all, isTool)
	}
	return append(pids, below(os.Getpid(), all, func(p process) bool { return p.pid == runner || isTool(p) })...)
}

// descendants lists every process that descends from this one and is to end with it.
func (f *front) descendants() []int {
	return below(os.Getpid(), processes(), func(p process) bool { return p.pid == f.survivor })
}

// reap notices the end of processes whose own parent has gone: see adoptOrphans.
func (f *front) reap() {
	for _, p := range processes()[os.Getpid()] {
		if p.ended && p.pid != f.runner.pid() && p.pid != f.beside.gonb.pid() {
			_, _ = syscall.Wait4(p.pid, nil, syscall.WNOHANG, nil)
		}
	}
}
