package system

import (
	"context"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"flowbook/journal"
)

// gpus is the program that NVIDIA's driver brings; empty where there is none that works.
type gpus string

// slow is how long it may take: it loads the driver where nothing else has.
const slow = 10 * time.Second

func findGPUs() gpus {
	path, err := exec.LookPath("nvidia-smi")
	if err != nil || len(gpus(path).ask()) == 0 {
		return ""
	}
	return gpus(path)
}

// read adds what each GPU says of itself.
func (g gpus) read(to journal.Metrics) {
	if g == "" {
		return
	}
	const mebibyte = 1 << 20
	for _, line := range g.ask() {
		words := strings.Split(line, ",")
		if len(words) != 3 {
			continue
		}
		name := "system/gpu" + strings.TrimSpace(words[0])
		for i, said := range []struct {
			what string
			unit float64
		}{{"_percent", 1}, {"_memory_bytes", mebibyte}} {
			if v, err := strconv.ParseFloat(strings.TrimSpace(words[i+1]), 64); err == nil { // else "[N/A]"
				to[name+said.what] = v * said.unit
			}
		}
	}
}

// ask gives a line for each GPU: its number, percent, MiB; none where the program fails.
func (g gpus) ask() []string {
	ctx, cancel := context.WithTimeout(context.Background(), slow)
	defer cancel()
	out, err := exec.CommandContext(ctx, string(g), "--query-gpu=index,utilization.gpu,memory.used", "--format=csv,noheader,nounits").Output()
	if err != nil {
		return nil
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' || r == '\r' })
}
