//go:build ((linux && (amd64 || arm64)) || (darwin && arm64)) && !noxla

package xla

import (
	"slices"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"

	"flowbook/realnvp/internal/hostmemory"
	front "flowbook/realnvp/xla/internal/pjrt"
)

// Every name of GoMLX's XLA backend opens it with the cache before its plugin.
func init() {
	for _, name := range []string{"xla", "stablehlo", "hlo", "shlo"} {
		compute.Register(name, open)
	}
	flagsSet = func() {
		mu.Lock()
		defer mu.Unlock()
		if !begun { // else XLA may have read the flags before
			started = environment()
		}
	}
}

func open(config string) (compute.Backend, error) {
	mu.Lock()
	begun = true
	mu.Unlock()
	hostmemory.NoFastBins()
	if name := pluginName(config); name != "" {
		keep(name)
		if dir := Folder(); dir != "" {
			put(name, dir)
		}
	}
	return xla.New(config)
}

// pluginName is the plugin that xla.New will take, or "" where there is none.
func pluginName(config string) string {
	name, _, _ := strings.Cut(config, ",")
	if strings.HasPrefix(name, "/") {
		return name
	}
	if name != "" {
		if _, err := pjrt.GetPlugin(name); err == nil {
			return name // loaded now; else the search below would open it, of 200 MB, close it, and open it again
		}
	}
	available := xla.GetAvailablePlugins()
	i := slices.IndexFunc(available, func(a string) bool { return a == name || name == "" || strings.HasPrefix(a, name+"_v") })
	if i < 0 {
		return ""
	}
	return available[i]
}

// keep has a plugin for the CPU keep the memory of a step for the next, where it can.
func keep(name string) {
	mu.Lock()
	defer mu.Unlock()
	if plugin, err := pjrt.GetPlugin(name); err == nil && !kept[plugin] && strings.HasPrefix(plugin.Name(), "cpu") {
		kept[plugin] = hostmemory.Keep(plugin.Path()) == nil
	}
}

var (
	mu     sync.Mutex
	kept   = map[*pjrt.Plugin]bool{}
	caches = map[*pjrt.Plugin]*cache{}
	begun  bool // a backend was opened, and XLA may have read its environment
)

// put puts the cache before a plugin, once.
func put(name, dir string) {
	mu.Lock()
	defer mu.Unlock()
	plugin, err := pjrt.GetPlugin(name)
	if err != nil || caches[plugin] != nil {
		return // xla.New says what is wrong
	}
	c, err := newCache(dir, plugin.Path())
	if err == nil {
		caches[plugin] = c
		err = front.Front(plugin, func(p front.Program, client front.Client, compile func() (front.Executable, error)) (front.Executable, error) {
			return c.compile(p, client, compile)
		})
	}
	if err != nil {
		say(dir, err)
	}
}
