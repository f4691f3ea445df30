package pjrt

// #include "pjrt.h"
import "C"

import (
	"fmt"
	"reflect"
	"unsafe"
)

// table is a plugin's table of functions and the type that says where in it each one is.
type table struct {
	layout reflect.Type
	base   unsafe.Pointer
	size   uintptr // the plugin's own; an older plugin has a shorter table
}

// needed are the functions without which there is no cache.
var needed = []string{
	"PJRT_Client_Compile", "PJRT_LoadedExecutable_GetExecutable", "PJRT_Executable_Serialize", "PJRT_Executable_DeserializeAndLoad",
	"PJRT_Executable_Destroy", "PJRT_Client_PlatformVersion", "PJRT_Client_TopologyDescription", "PJRT_TopologyDescription_Serialize", "PJRT_Error_Destroy",
}

func newTable(layout reflect.Type, base unsafe.Pointer) (table, error) {
	t := table{layout, base, *(*uintptr)(base)}
	for _, name := range needed {
		if t.function(name) == nil {
			return table{}, fmt.Errorf("the plugin has no %s", name)
		}
	}
	return t, nil
}

// function is nil where the plugin does not have it.
func (t table) function(name string) unsafe.Pointer {
	field, known := t.layout.FieldByName(name)
	if !known || field.Offset+unsafe.Sizeof(t.base) > t.size {
		return nil
	}
	return *(*unsafe.Pointer)(unsafe.Add(t.base, field.Offset))
}

// copyWith is a copy of the whole table, in C's memory and never freed, with other functions in the place of some. A
// function that the plugin does not have stays away.
func (t table) copyWith(functions map[string]unsafe.Pointer) unsafe.Pointer {
	copied := C.CBytes(unsafe.Slice((*byte)(t.base), t.size))
	for name, function := range functions {
		if t.function(name) != nil {
			field, _ := t.layout.FieldByName(name)
			*(*unsafe.Pointer)(unsafe.Add(copied, field.Offset)) = function
		}
	}
	return copied
}

// call returns the plugin's error, which is nil when all went well.
func (t table) call(name string, args unsafe.Pointer) unsafe.Pointer {
	return C.call(t.function(name), args)
}
