package journal

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"flowbook/journal/internal/lock"
	"flowbook/journal/internal/plain"
	"flowbook/journal/record"
	"flowbook/journal/spool"
)

// A process is who works on a run, so that others can tell whether it still does.
type process struct {
	host  string
	boot  string // boot id and process-id namespace; empty where the system does not tell
	pid   int
	start string // start time of the process in the system's ticks; empty where the system does not tell
}

// silence is how long a run on another machine may give no sign of life before it counts as interrupted.
const silence = time.Minute

// ahead is how far the clock of another machine may be ahead of this one's. A sign of life from later than that was given while some clock
// was wrong, and says nothing: a run that died then would else run until that time comes.
const ahead = time.Hour

// thisProcess describes the calling process.
func thisProcess() process {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	p := process{host: host, boot: bootID(), pid: os.Getpid()}
	p.start, _ = processStart(p.pid)
	return p
}

// bootID names this boot of this machine and the process-id namespace (a container has its own).
func bootID() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	ns, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(boot)) + " " + ns
}

// processStart returns the start time of a process, and false where no such process runs (a zombie does not).
func processStart(pid int) (string, bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", false
	}
	// The second field is the command in parentheses and may hold anything; fields are counted after it.
	_, rest, ok := plain.CutLast(string(stat), ")")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 20 {
		return "", false
	}
	return fields[19], fields[0] != "Z" && fields[0] != "X"
}

// sees tells whether this process can ask the operating system about the other.
func (p process) sees(other process) bool {
	return p.host == other.host && p.boot != "" && p.boot == other.boot
}

// String names the process in the file whose lock it holds.
func (p process) String() string {
	return fmt.Sprintf("%s\n%s\n%d\n%s\n", p.host, p.boot, p.pid, p.start)
}

// sameKernel tells whether the other process runs under the same kernel, if only in another container.
func (p process) sameKernel(other process) bool {
	mine, _, _ := strings.Cut(p.boot, " ")
	its, _, _ := strings.Cut(other.boot, " ")
	return mine != "" && mine == its
}

// works tells whether the process that works on an attempt still does. What decides is, in this order: the operating system, where it can be
// asked; the lock that it holds beside its spool; under the same kernel, that the lock is there and free; its last sign of life.
func (j *Journal) works(run string, a record.Attempt, now time.Time) bool {
	who := workerOf(a)
	if !j.self.sees(who) {
		switch held, known := lock.IsHeld(spool.LifeFile(j.at.Spool, run, a.Number), who.String()); {
		case held:
			return true
		case known && j.self.sameKernel(who):
			return false
		}
	}
	return j.self.alive(who, a.Heartbeat, now)
}

// alive tells whether the other process still works, given its last sign of life.
func (p process) alive(other process, heartbeat, now time.Time) bool {
	if p.sees(other) {
		start, runs := processStart(other.pid)
		return runs && start == other.start
	}
	return now.Sub(heartbeat) < silence && heartbeat.Sub(now) < ahead
}

// attempt is an attempt of this process at a run.
func (p process) attempt(number, fromStep int, at time.Time) record.Attempt {
	return record.Attempt{Number: number, FromStep: fromStep, Host: p.host, Boot: p.boot, PID: p.pid, PIDStart: p.start, Started: at, Heartbeat: at}
}

// workerOf is the process that works on an attempt.
func workerOf(a record.Attempt) process { return process{a.Host, a.Boot, a.PID, a.PIDStart} }

// deadProcess is the error of a run whose process died.
const deadProcess = "the process ended without finishing the run"

// judge works out whether a run that nobody finished still runs.
func (j *Journal) judge(r *Record) {
	if r.Status != Running || len(r.Attempts) == 0 {
		return
	}
	if a := r.Attempts[len(r.Attempts)-1]; !j.works(r.ID, a, time.Now()) {
		r.Status, r.Error, r.Ended = Interrupted, deadProcess, &a.Heartbeat
	}
}
