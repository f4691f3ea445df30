//go:build ((linux && (amd64 || arm64)) || (darwin && arm64)) && !noxla

package xla

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
	"unsafe"

	front "flowbook/realnvp/xla/internal/pjrt"
)

// fake is a client whose executables are strings.
type fake struct {
	topology           string
	describe, ser, own error
	loaded             int
}

func (f *fake) Describe() ([]byte, error) { return []byte(f.topology), f.describe }

func (f *fake) Serialize(e front.Executable) ([]byte, error) {
	return []byte(*(*string)(unsafe.Pointer(e))), f.ser
}

func (f *fake) Load(b []byte) (front.Executable, error) {
	if f.own != nil {
		return nil, f.own
	}
	f.loaded++
	s := string(b)
	return front.Executable(unsafe.Pointer(&s)), nil
}

func program(code string) front.Program {
	return front.Program{Format: []byte("mlir"), Code: []byte(code), Options: []byte("options")}
}

func opened(t *testing.T, dir string) *cache {
	t.Helper()
	plugin := filepath.Join(t.TempDir(), "plugin.so")
	if err := os.WriteFile(plugin, []byte("a plugin"), 0o600); err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1e9, 0)
	os.Chtimes(plugin, now, now)
	c, err := newCache(dir, plugin)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ask compiles and returns what came out and whether anything was compiled for it.
func ask(t *testing.T, c *cache, f *fake, p front.Program) (result string, compiled bool) {
	t.Helper()
	e, err := c.compile(p, f, func() (front.Executable, error) {
		compiled = true
		s := "code of " + string(p.Code)
		return front.Executable(unsafe.Pointer(&s)), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return *(*string)(unsafe.Pointer(e)), compiled
}

func TestKeyHoldsWhatTheCodeDependsOn(t *testing.T) {
	base := func() (*cache, *fake, front.Program) {
		return opened(t, t.TempDir()), &fake{topology: "here"}, program("p")
	}
	c, f, p := base()
	want, ok := c.key(p, f)
	if !ok {
		t.Fatal("no key")
	}
	c, f, p = base()
	if again, ok := c.key(p, f); !ok || again != want {
		t.Error("the same program has another key in the next process")
	}
	changes := map[string]func(c *cache, f *fake, p *front.Program){
		"the program":               func(_ *cache, _ *fake, p *front.Program) { p.Code = []byte("q") },
		"its format":                func(_ *cache, _ *fake, p *front.Program) { p.Format = []byte("hlo") },
		"the options":               func(_ *cache, _ *fake, p *front.Program) { p.Options = []byte("others") },
		"where fields meet":         func(_ *cache, _ *fake, p *front.Program) { p.Options, p.Code = []byte("optionsp"), nil },
		"the topology":              func(_ *cache, f *fake, _ *front.Program) { f.topology = "there" },
		"the machine or the plugin": func(c *cache, _ *fake, _ *front.Program) { c.machine = []byte("other") },
	}
	for what, change := range changes {
		c, f, p := base()
		change(c, f, &p)
		if key, ok := c.key(p, f); !ok || key == want {
			t.Errorf("%s changed, and the key is the same", what)
		}
	}
	never := map[string]func(c *cache, f *fake, p *front.Program){
		"an extension of the interface":     func(_ *cache, _ *fake, p *front.Program) { p.Extended = true },
		"a call back to this process":       func(_ *cache, _ *fake, p *front.Program) { p.Code = []byte("xla_python_cpu_callback") },
		"a client that says nothing":        func(_ *cache, f *fake, _ *front.Program) { f.describe = errors.New("no topology") },
		"flags set after the process began": func(*cache, *fake, *front.Program) { t.Setenv("XLA_FLAGS", "--xla_other=1") },
	}
	for what, change := range never {
		c, f, p := base()
		change(c, f, &p)
		if _, ok := c.key(p, f); ok {
			t.Errorf("%s: there is a key", what)
		}
	}
}

func TestMachineIsInTheKey(t *testing.T) {
	dir := t.TempDir()
	one := opened(t, dir)
	defer func(before []string) { started = before }(started)
	for _, v := range []string{"XLA_FLAGS=--a=1", "TF_CUDNN_DETERMINISTIC=1", "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2", "NPROC=1", "OMP_NUM_THREADS=1", "LD_PRELOAD=libm"} {
		started = append(slices.Clone(started), v)
		if other := opened(t, dir); bytes.Equal(other.machine, one.machine) {
			t.Errorf("%s does not change the key", v)
		}
	}
}

func TestPluginIsInTheKey(t *testing.T) {
	plugin := filepath.Join(t.TempDir(), "plugin.so")
	seen := map[string]string{}
	for i, change := range []func(){
		func() { os.WriteFile(plugin, bytes.Repeat([]byte("plugin"), 100_000), 0o600) },
		func() { // one byte in the middle, the same size and the same time of writing
			info, _ := os.Stat(plugin)
			file, _ := os.OpenFile(plugin, os.O_RDWR, 0)
			file.WriteAt([]byte("X"), 300_000)
			file.Close()
			os.Chtimes(plugin, info.ModTime(), info.ModTime())
		},
		func() { os.WriteFile(filepath.Join(filepath.Dir(plugin), "libdevice.bc"), nil, 0o600) },
	} {
		change()
		for range 2 { // the second time from what is remembered
			c, err := newCache(filepath.Join(filepath.Dir(plugin), "..", "cache"), plugin)
			if err != nil {
				t.Fatal(err)
			}
			if before, ok := seen[string(c.machine)]; ok && before != string(rune('0'+i)) {
				t.Errorf("change %d gives the key of %s", i, before)
			}
			seen[string(c.machine)] = string(rune('0' + i))
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d keys of three plugins", len(seen))
	}
}

func TestSomeFlagsAreNotCached(t *testing.T) {
	for flags, want := range map[string]bool{
		"":                           true,
		"--xla_cpu_enable_fast_math": true,
		"/tmp/flags":                 false,
		"flags.txt":                  false,
		"--xla_gpu_per_fusion_autotune_cache_dir=tuned":         false,
		"--xla_dump_to=dump":                                    false,
		"--a=1 --xla_gpu_load_autotune_results_from=/tmp/tuned": false,
		"--xla_cpu_experimental_onednn_custom_call=true":        false, // XLA would end the process in writing it down
	} {
		if got := cacheable([]string{"OTHER=1", "XLA_FLAGS=" + flags}); got != want && flags != "" {
			t.Errorf("XLA_FLAGS=%q: cached: %v", flags, got)
		}
	}
	if !cacheable(nil) {
		t.Error("no XLA_FLAGS: not cached")
	}
	t.Setenv("XLA_FLAGS", "--a=1 --xla_gpu_cuda_data_dir=/opt/nvidia")
	if got := environment(); !slices.Contains(got, "XLA_FLAGS=--a=1") {
		t.Errorf("what go-xla adds stays: %q", got)
	}
}

func TestCompiledOnce(t *testing.T) {
	c, f := opened(t, t.TempDir()), &fake{}
	for i, want := range []bool{true, false, false} {
		if result, compiled := ask(t, c, f, program("p")); result != "code of p" || compiled != want {
			t.Errorf("time %d: %q, compiled: %v", i, result, compiled)
		}
	}
	if _, compiled := ask(t, c, f, program("q")); !compiled {
		t.Error("another program came from the cache")
	}
}

// Whatever is wrong, the program is compiled and nobody hears of it but in one line.
func TestWorksOn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	twice := func(what string, c *cache, f *fake) {
		for range 2 {
			if result, compiled := ask(t, c, f, program("p")); result != "code of p" || !compiled {
				t.Errorf("%s: %q, compiled: %v", what, result, compiled)
			}
		}
	}
	twice("no folder", opened(t, filepath.Join(file, "cache")), &fake{})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink("nowhere", link); err != nil {
		t.Fatal(err)
	}
	twice("a link that leads nowhere", opened(t, link), &fake{})
	twice("a plugin that cannot serialize", opened(t, t.TempDir()), &fake{ser: errors.New("unimplemented")})
	twice("a plugin that takes nothing", opened(t, t.TempDir()), &fake{own: errors.New("another version")})
	twice("no topology", opened(t, t.TempDir()), &fake{describe: errors.New("unimplemented")})

	c := opened(t, t.TempDir())
	failure := errors.New("a program that does not compile")
	for range 2 {
		if _, err := c.compile(program("p"), &fake{}, func() (front.Executable, error) { return nil, failure }); err != failure {
			t.Errorf("the plugin's error came out as %v", err)
		}
	}
	if left, _ := os.ReadDir(c.store.Dir); len(left) != 1 { // the plugin's digest
		t.Errorf("left: %v", left)
	}
}

func TestFolder(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ cache, home, want string }{
		{"", "", ""}, {"", "/h", "/h/xla-cache"}, {"off", "/h", ""}, {"OFF", "/h", ""}, {"/a b/ü", "/h", "/a b/ü"}, {"rel/x", "/h", filepath.Join(here, "rel/x")}, {"/c", "/h", "/c"}, {"/c", "", "/c"},
	} {
		t.Setenv("FLOWBOOK_XLA_CACHE", c.cache)
		t.Setenv("FLOWBOOK_HOME", c.home)
		if got := Folder(); got != c.want {
			t.Errorf("FLOWBOOK_XLA_CACHE=%q FLOWBOOK_HOME=%q: %q, want %q", c.cache, c.home, got, c.want)
		}
	}
}
