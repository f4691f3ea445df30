package pjrt

// #include "pjrt.h"
import "C"

import (
	"fmt"
	"runtime"
	"unsafe"
)

// Client is a plugin's client, for the time of a call of a Compiler.
type Client struct {
	table  table
	client unsafe.Pointer
}

// Describe says for what the client compiles: the platform's version and the topology, which names the devices and,
// for the CPU, the instructions that XLA found.
func (c Client) Describe() ([]byte, error) {
	version := C.text_args{of: c.client}
	version.struct_size = C.size_t(unsafe.Sizeof(version))
	if err := c.do("PJRT_Client_PlatformVersion", unsafe.Pointer(&version)); err != nil {
		return nil, err
	}
	topology := C.get_args{of: c.client}
	topology.struct_size = C.size_t(unsafe.Sizeof(topology))
	if err := c.do("PJRT_Client_TopologyDescription", unsafe.Pointer(&topology)); err != nil {
		return nil, err
	}
	bytes, err := c.serialize("PJRT_TopologyDescription_Serialize", topology.out)
	return append(bytes, view(version.text, version.size)...), err
}

// Serialize turns an executable into bytes that Load understands.
func (c Client) Serialize(e Executable) ([]byte, error) {
	inner := C.get_args{of: unsafe.Pointer(e)}
	inner.struct_size = C.size_t(unsafe.Sizeof(inner))
	if err := c.do("PJRT_LoadedExecutable_GetExecutable", unsafe.Pointer(&inner)); err != nil {
		return nil, err
	}
	defer func() {
		destroy := C.get_args{of: inner.out}
		destroy.struct_size = C.size_t(unsafe.Offsetof(destroy.out))
		c.do("PJRT_Executable_Destroy", unsafe.Pointer(&destroy))
	}()
	return c.serialize("PJRT_Executable_Serialize", inner.out)
}

func (c Client) serialize(function string, of unsafe.Pointer) ([]byte, error) {
	args := C.serialize_args{of: of}
	args.struct_size = C.size_t(unsafe.Sizeof(args))
	if err := c.do(function, unsafe.Pointer(&args)); err != nil {
		return nil, err
	}
	defer C.free_owner(&args)
	return append([]byte(nil), view(args.bytes, args.size)...), nil
}

// Load makes an executable of what Serialize returned.
func (c Client) Load(bytes []byte) (Executable, error) {
	var pinned runtime.Pinner
	defer pinned.Unpin()
	pinned.Pin(unsafe.SliceData(bytes))
	args := C.load_args{client: c.client, bytes: (*C.char)(unsafe.Pointer(unsafe.SliceData(bytes))), size: C.size_t(len(bytes))}
	args.struct_size = C.size_t(unsafe.Sizeof(args))
	if err := c.do("PJRT_Executable_DeserializeAndLoad", unsafe.Pointer(&args)); err != nil {
		return nil, err
	}
	return Executable(args.executable), nil
}

// do calls a function and takes the error that the plugin made.
func (c Client) do(function string, args unsafe.Pointer) error {
	failed := c.table.call(function, args)
	if failed == nil {
		return nil
	}
	destroy := C.get_args{of: failed}
	destroy.struct_size = C.size_t(unsafe.Offsetof(destroy.out))
	c.table.call("PJRT_Error_Destroy", unsafe.Pointer(&destroy))
	return fmt.Errorf("%s failed", function)
}
