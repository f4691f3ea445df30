package pjrt

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/gomlx/go-xla/pjrt"
)

// The structs of pjrt.h are laid out as those of the header that go-xla was compiled with: a C compiler compares them.
func TestLayout(t *testing.T) {
	output := func(name string, arguments ...string) string {
		out, err := exec.Command(name, arguments...).Output()
		if err != nil {
			t.Fatalf("%s %v: %v", name, arguments, err)
		}
		return strings.TrimSpace(string(out))
	}
	fields := []struct{ mine, theirs string }{
		{"program.code", "PJRT_Program.code"}, {"program.code_size", "PJRT_Program.code_size"},
		{"program.format", "PJRT_Program.format"}, {"program.format_size", "PJRT_Program.format_size"},
		{"compile_args.client", "PJRT_Client_Compile_Args.client"}, {"compile_args.program", "PJRT_Client_Compile_Args.program"},
		{"compile_args.compile_options", "PJRT_Client_Compile_Args.compile_options"},
		{"compile_args.compile_options_size", "PJRT_Client_Compile_Args.compile_options_size"},
		{"compile_args.executable", "PJRT_Client_Compile_Args.executable"},
		{"get_args.of", "PJRT_LoadedExecutable_GetExecutable_Args.loaded_executable"}, {"get_args.out", "PJRT_LoadedExecutable_GetExecutable_Args.executable"},
		{"get_args.of", "PJRT_Client_TopologyDescription_Args.client"}, {"get_args.out", "PJRT_Client_TopologyDescription_Args.topology"},
		{"get_args.out", "PJRT_Executable_GetCompiledMemoryStats_Args.generated_code_size_in_bytes"}, // the first of what is out
		{"get_args.of", "PJRT_Executable_Destroy_Args.executable"}, {"get_args.of", "PJRT_Error_Destroy_Args.error"},
		{"serialize_args.of", "PJRT_Executable_Serialize_Args.executable"}, {"serialize_args.bytes", "PJRT_Executable_Serialize_Args.serialized_bytes"},
		{"serialize_args.size", "PJRT_Executable_Serialize_Args.serialized_bytes_size"}, {"serialize_args.owner", "PJRT_Executable_Serialize_Args.serialized_executable"},
		{"serialize_args.free_owner", "PJRT_Executable_Serialize_Args.serialized_executable_deleter"},
		{"serialize_args.of", "PJRT_TopologyDescription_Serialize_Args.topology"}, {"serialize_args.bytes", "PJRT_TopologyDescription_Serialize_Args.serialized_bytes"},
		{"serialize_args.size", "PJRT_TopologyDescription_Serialize_Args.serialized_bytes_size"}, {"serialize_args.owner", "PJRT_TopologyDescription_Serialize_Args.serialized_topology"},
		{"serialize_args.free_owner", "PJRT_TopologyDescription_Serialize_Args.serialized_topology_deleter"},
		{"text_args.of", "PJRT_Client_PlatformVersion_Args.client"}, {"text_args.text", "PJRT_Client_PlatformVersion_Args.platform_version"},
		{"text_args.size", "PJRT_Client_PlatformVersion_Args.platform_version_size"},
		{"load_args.client", "PJRT_Executable_DeserializeAndLoad_Args.client"}, {"load_args.bytes", "PJRT_Executable_DeserializeAndLoad_Args.serialized_executable"},
		{"load_args.size", "PJRT_Executable_DeserializeAndLoad_Args.serialized_executable_size"},
		{"load_args.executable", "PJRT_Executable_DeserializeAndLoad_Args.loaded_executable"},
		{"load_args.options", "PJRT_Executable_DeserializeAndLoad_Args.overridden_serialized_compile_options"},
		{"load_args.options_size", "PJRT_Executable_DeserializeAndLoad_Args.overridden_serialized_compile_options_size"},
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	source := fmt.Sprintf("#include %q\n#include %q\n", filepath.Join(output("go", "list", "-m", "-f", "{{.Dir}}", "github.com/gomlx/go-xla"), "pjrt", "pjrt_c_api.h"), filepath.Join(here, "pjrt.h"))
	for _, f := range fields {
		mine, theirs := strings.ReplaceAll(f.mine, ".", ", "), strings.ReplaceAll(f.theirs, ".", ", ")
		source += fmt.Sprintf("_Static_assert(offsetof(%s) == offsetof(%s), %q);\n", mine, theirs, f.mine+" is not where "+f.theirs+" is")
	}
	file := filepath.Join(t.TempDir(), "layout.c")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	compiler := append(strings.Fields(output("go", "env", "CC")), "-fsyntax-only", file)
	if out, err := exec.Command(compiler[0], compiler[1:]...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// go-xla's Plugin still has the field and the table that Front needs.
func TestPluginHasItsTable(t *testing.T) {
	field, ok := reflect.TypeFor[pjrt.Plugin]().FieldByName("api")
	if !ok || field.Type.Kind() != reflect.Pointer {
		t.Fatal("go-xla's Plugin has no api")
	}
	for _, name := range needed {
		if f, ok := field.Type.Elem().FieldByName(name); !ok || f.Offset < 40 {
			t.Errorf("its table has no %s", name)
		}
	}
}

// madeUp is the layout of a plugin's table, and a table that has every function, all at the address 1.
func madeUp() (layout reflect.Type, words []uintptr) {
	field, _ := reflect.TypeFor[pjrt.Plugin]().FieldByName("api")
	layout = field.Type.Elem()
	words = make([]uintptr, layout.Size()/8)
	for i := range words {
		words[i] = 1
	}
	words[0] = layout.Size()
	return layout, words
}

// A plugin that is too old for a function, or leaves it out, is refused.
func TestPluginWithoutAFunction(t *testing.T) {
	layout, words := madeUp()
	if _, err := newTable(layout, unsafe.Pointer(&words[0])); err != nil {
		t.Errorf("a whole table: %v", err)
	}
	serialize, _ := layout.FieldByName("PJRT_Executable_Serialize")
	words[serialize.Offset/8] = 0
	if _, err := newTable(layout, unsafe.Pointer(&words[0])); err == nil || !strings.Contains(err.Error(), "PJRT_Executable_Serialize") {
		t.Errorf("a table without Serialize: %v", err)
	}
	words[serialize.Offset/8], words[0] = 1, serialize.Offset
	if _, err := newTable(layout, unsafe.Pointer(&words[0])); err == nil {
		t.Error("a table that ends before Serialize was taken")
	}
}

// A copy has other functions only where the plugin has one, and the plugin's own table stays as it was.
func TestCopyWith(t *testing.T) {
	layout, words := madeUp()
	compile, _ := layout.FieldByName("PJRT_Client_Compile")
	stats, _ := layout.FieldByName("PJRT_Executable_GetCompiledMemoryStats")
	words[stats.Offset/8] = 0
	whole, err := newTable(layout, unsafe.Pointer(&words[0]))
	if err != nil {
		t.Fatal(err)
	}
	var other byte
	copied := whole.copyWith(map[string]unsafe.Pointer{"PJRT_Client_Compile": unsafe.Pointer(&other), "PJRT_Executable_GetCompiledMemoryStats": unsafe.Pointer(&other)})
	for i, word := range unsafe.Slice((*uintptr)(copied), len(words)) {
		want := words[i]
		if i == int(compile.Offset/8) {
			want = uintptr(unsafe.Pointer(&other))
		}
		if word != want {
			t.Errorf("word %d is %#x, not %#x", i, word, want)
		}
	}
	if words[compile.Offset/8] != 1 {
		t.Error("the plugin's own table was changed")
	}
}
