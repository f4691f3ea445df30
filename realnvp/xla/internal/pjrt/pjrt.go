// Package pjrt stands before a PJRT plugin that go-xla has loaded: a program that is to be compiled passes through here.
//
// A plugin is a table of C functions. Front makes a copy of it in which two functions are others, and gives go-xla the
// copy. The layout of the table is read from go-xla's own type, which is made from the header it was compiled with.
package pjrt

// #include "pjrt.h"
import "C"

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"unsafe"

	"github.com/gomlx/go-xla/pjrt"
)

// Program is what a plugin is asked to compile; its bytes are the caller's and live as long as the call.
type Program struct {
	Format, Code, Options []byte
	Extended              bool // the caller also gave what this package does not know
}

// Executable is a program that a plugin has compiled and loaded.
type Executable unsafe.Pointer

// Compiler does what Client.Compile does, by calling compile or by loading what was serialized before.
// Either it returns an executable, or compile's error as it is.
type Compiler func(p Program, client Client, compile func() (Executable, error)) (Executable, error)

// front is a table that go-xla uses in the place of a plugin's own.
type front struct {
	table    table
	compiler Compiler
}

var (
	mu     sync.RWMutex
	fronts []*front
)

// Front makes the compiler stand before the plugin. It must be called before a client of the plugin is in use.
func Front(plugin *pjrt.Plugin, compiler Compiler) error {
	field := reflect.ValueOf(plugin).Elem().FieldByName("api")
	if !field.IsValid() || field.Kind() != reflect.Pointer || field.IsNil() {
		return errors.New("go-xla's Plugin has changed")
	}
	table, err := newTable(field.Type().Elem(), field.UnsafePointer())
	if err != nil {
		return err
	}
	mu.Lock()
	defer mu.Unlock()
	if len(fronts) == C.FRONTS {
		return fmt.Errorf("there are %d plugins already", len(fronts))
	}
	replaced := table.copyWith(map[string]unsafe.Pointer{
		"PJRT_Client_Compile":                    C.front_compile(C.int(len(fronts))),
		"PJRT_Executable_GetCompiledMemoryStats": C.no_memory_stats(),
	})
	fronts = append(fronts, &front{table, compiler})
	*(*unsafe.Pointer)(field.Addr().UnsafePointer()) = replaced
	return nil
}

//export flowbookCompile
func flowbookCompile(number C.int, args *C.compile_args) unsafe.Pointer {
	mu.RLock()
	f := fronts[number]
	mu.RUnlock()
	program := Program{
		Format:   view(args.program.format, args.program.format_size),
		Code:     view(args.program.code, args.program.code_size),
		Options:  view(args.compile_options, args.compile_options_size),
		Extended: args.extension_start != nil || args.program.extension_start != nil,
	}
	executable, err := f.compiler(program, Client{f.table, args.client}, func() (Executable, error) {
		if failed := f.table.call("PJRT_Client_Compile", unsafe.Pointer(args)); failed != nil {
			return nil, pluginError{failed}
		}
		return Executable(args.executable), nil
	})
	if err != nil {
		return err.(pluginError).pointer
	}
	args.executable = unsafe.Pointer(executable)
	return nil
}

// pluginError is an error that a plugin made; who receives it destroys it.
type pluginError struct{ pointer unsafe.Pointer }

func (pluginError) Error() string { return "the plugin could not compile the program" }

// view is C's memory as a slice.
func view(p *C.char, n C.size_t) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(p)), int(n)) }
