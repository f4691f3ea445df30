//go:build ((linux && (amd64 || arm64)) || (darwin && arm64)) && !noxla

package xla

import (
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"

	"golang.org/x/sys/cpu"

	"flowbook/realnvp/internal/hostmemory"
	front "flowbook/realnvp/xla/internal/pjrt"
	"flowbook/realnvp/xla/internal/slim"
	"flowbook/realnvp/xla/internal/store"
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
	first := !begun
	begun = true
	mu.Unlock()
	hostmemory.NoFastBins()
	if name := pluginName(config); name != "" {
		if plugin, err := pjrt.GetPlugin(name); err == nil { // else xla.New says what is wrong
			prepare(plugin, first)
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

var (
	mu     sync.Mutex
	kept   = map[*pjrt.Plugin]bool{} // those that were told to keep the memory of a step
	caches = map[*pjrt.Plugin]*cache{}
	begun  bool // a backend was opened, and XLA may have read its environment
)

// prepare has a plugin, where it can and once, keep the memory of a step for the next, if it is one for the CPU; sets
// what CompileForLong asked for, before the first backend alone, after which XLA may have read its flags; and puts the
// cache before it.
func prepare(plugin *pjrt.Plugin, first bool) {
	mu.Lock()
	defer mu.Unlock()
	if !kept[plugin] && strings.HasPrefix(plugin.Name(), "cpu") {
		kept[plugin] = hostmemory.Keep(plugin.Path()) == nil
	}
	if first && wantsLong.Load() {
		setLong(plugin)
	}
	if dir := Folder(); dir != "" && caches[plugin] == nil {
		put(plugin, dir)
	}
}

// setLong sets the flags of CompileForLong where they hold.
func setLong(plugin *pjrt.Plugin) {
	if os.Getenv("XLA_FLAGS") != "" || !strings.HasPrefix(plugin.Name(), "cpu") || !cpu.X86.HasAVX512BW || !cpu.X86.HasAVX512VL {
		return
	}
	if digest, err := digestOf(plugin); err == nil && slim.Tested(digest) {
		os.Setenv("XLA_FLAGS", long)
		started = environment()
	}
}

// digestOf is the SHA-256 of a plugin's file.
func digestOf(plugin *pjrt.Plugin) (digest []byte, err error) {
	_, digest, err = digests(store.Store{Dir: Folder(), Limit: limit}).Plugin(plugin.Path())
	return digest, err
}

// put puts the cache before a plugin.
func put(plugin *pjrt.Plugin, dir string) {
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
