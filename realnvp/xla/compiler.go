//go:build ((linux && (amd64 || arm64)) || (darwin && arm64)) && !noxla

package xla

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/pjrt"
)

// Compiler says what turns programs into the machine code of a backend, as far as last digits depend on it and nothing
// else says so: the first eight hexadecimal digits of the SHA-256 of the XLA plugin's file, and how it is asked, as in
// "plugin ad1309ac", "plugin ad1309ac, CompileForLong" or "plugin ad1309ac, XLA_FLAGS=--xla_dump_to=x". It is "" for a
// backend without XLA, such as GoMLX's own in Go.
func Compiler(backend compute.Backend) string {
	named, ok := backend.(interface{ PluginName() string })
	if !ok {
		return ""
	}
	said := "plugin " + named.PluginName()
	if plugin, err := pjrt.GetPlugin(named.PluginName()); err == nil {
		if digest, err := digestOf(plugin); err == nil {
			said = "plugin " + hex.EncodeToString(digest[:4])
		}
	}
	mu.Lock()
	defer mu.Unlock()
	i := slices.IndexFunc(started, func(v string) bool { return strings.HasPrefix(v, "XLA_FLAGS=") })
	if i < 0 {
		return said
	}
	switch flags := strings.TrimPrefix(started[i], "XLA_FLAGS="); flags {
	case fast:
		return said + ", CompileFast"
	case long:
		return said + ", CompileForLong"
	default:
		return said + ", XLA_FLAGS=" + flags
	}
}
