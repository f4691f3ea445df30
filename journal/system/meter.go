package system

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/mem"
	"github.com/shirou/gopsutil/v4/process"

	"flowbook/journal"
)

// meter reads this process and its machine.
type meter struct {
	process *process.Process
	gpus    gpus

	at   time.Time // of the reading before
	busy float64   // seconds of a core that the process had taken then
}

func newMeter() (*meter, error) {
	p, err := process.NewProcess(int32(os.Getpid()))
	if err != nil {
		return nil, fmt.Errorf("system: this process cannot be read: %w", err)
	}
	m := &meter{process: p, gpus: findGPUs()}
	if len(m.read()) == 0 {
		return nil, errors.New("system: neither processors nor memory can be read here")
	}
	return m, nil
}

// read takes a reading; of processors it is since the one before.
func (m *meter) read() journal.Metrics {
	all := journal.Metrics{}
	now := time.Now()
	if t, err := m.process.Times(); err == nil {
		busy := t.User + t.System
		if !m.at.IsZero() {
			all["system/cpu_percent"] = 100 * (busy - m.busy) / now.Sub(m.at).Seconds()
		}
		m.at, m.busy = now, busy
	}
	if info, err := m.process.MemoryInfo(); err == nil {
		all["system/memory_bytes"] = float64(info.RSS)
	}
	if percent, err := cpu.Percent(0, false); err == nil && len(percent) == 1 {
		all["system/machine_cpu_percent"] = percent[0]
	}
	if v, err := mem.VirtualMemory(); err == nil {
		all["system/machine_memory_bytes"] = float64(v.Used)
	}
	m.gpus.read(all)
	return all
}
