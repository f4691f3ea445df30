// Package slim takes out of a serialized executable what loading it does not need, so that it loads sooner.
//
// XLA's CPU client serializes machine code, a list of what is to be run in which order, the buffers, and the whole module
// as it was compiled. Most of the module are the bodies of fusions, which are machine code by then: of the 101,000
// instructions of a training step of the author's MNIST net they are 78,000. Loading reads them all, and walks through
// them once for each kernel that goes to YNNPACK, 1,500 times. Without them the step loads in two fifths of the time.
//
// Only bodies that nobody looks at are taken out. A fusion that YNNPACK runs is built from its body when it is loaded, so
// it is kept, and so are the bodies of reductions, for which there are buffers. A fusion without a body is written as a
// custom call with the same number, name, shape and operands: it stands for its result in the list of buffers, and
// nothing else of it is read.
//
// What is serialized so is XLA's own and may change with every version of it, so this is done for plugins alone with
// which it was tested ([Tested]).
package slim

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// tested are the SHA-256 of plugins with which the tests of flowbook/realnvp/xla passed.
var tested = []string{
	"ad1309ac822b1b24d51b7f9947c7c9fa9ef5d67f390584cbc3d1fa2428fed9c2", // lammps-jax-pjrt-cpu 0.11.2, Linux x86-64
}

// Tested says whether executables of the plugin whose file has this SHA-256 may be made slim.
func Tested(digest []byte) bool { return slices.Contains(tested, hex.EncodeToString(digest)) }

// The fields of XLA's messages that are read here, from xla/service/hlo.proto, xla/service/cpu/executable.proto and
// xla/pjrt/proto/compile_options.proto.
const (
	serializedExecutable = 1 // ExecutableAndOptionsProto
	hloModule            = 1 // CompilationResultProto
	moduleOfConfig       = 1 // HloModuleProtoWithConfig

	computations = 3 // HloModuleProto

	instructions        = 2 // HloComputationProto
	computationID       = 5
	isFusionComputation = 7

	opcode             = 2 // HloInstructionProto
	fusionKind         = 11
	customCallTarget   = 28
	calledComputations = 38
	backendConfig      = 43
)

var errUnknown = errors.New("not an executable of XLA's CPU client as it is known here")

// Executable returns a serialized executable without the bodies of its fusions that loading does not need.
func Executable(code []byte) ([]byte, error) {
	return within(code, []protowire.Number{serializedExecutable, hloModule, moduleOfConfig}, module)
}

// within rewrites the one message at the end of a path of fields.
func within(message []byte, path []protowire.Number, change func([]byte) ([]byte, error)) ([]byte, error) {
	if len(path) == 0 {
		return change(message)
	}
	found := 0
	out, err := rewrite(message, func(f field) ([]byte, error) {
		if f.number != path[0] {
			return f.whole, nil
		}
		found++
		inner, err := within(f.bytes, path[1:], change)
		return f.with(inner), err
	})
	if err == nil && found != 1 {
		err = errUnknown
	}
	return out, err
}

// module writes loop fusions without their bodies and leaves out the bodies that no instruction calls any more.
func module(message []byte) ([]byte, error) {
	all, kept := map[uint64][]byte{}, map[uint64]bool{} // computations by their numbers, and those that stay
	var roots []uint64                                  // that are no fusion's body
	err := each(message, func(f field) error {
		if f.number != computations {
			return nil
		}
		id, err := numberOf(f.bytes)
		if err != nil {
			return err
		}
		all[id] = f.bytes
		if fusion, err := numbers(f.bytes, isFusionComputation); err != nil || slices.Equal(fusion, []uint64{1}) {
			return err
		}
		roots = append(roots, id)
		all[id], err = rewrite(f.bytes, withoutBody)
		return err
	})
	if err != nil {
		return nil, err
	}
	var keep func(id uint64) error
	keep = func(id uint64) error {
		if kept[id] {
			return nil
		}
		kept[id] = true
		return each(all[id], func(f field) error {
			if f.number != instructions {
				return nil
			}
			called, err := numbers(f.bytes, calledComputations)
			for _, id := range called {
				err = cmp.Or(err, keep(id))
			}
			return err
		})
	}
	for _, id := range roots {
		if err := keep(id); err != nil {
			return nil, err
		}
	}
	return rewrite(message, func(f field) ([]byte, error) {
		if f.number != computations {
			return f.whole, nil
		}
		id, err := numberOf(f.bytes)
		if err != nil || !kept[id] {
			return nil, err
		}
		return f.with(all[id]), nil
	})
}

// numberOf is the number of a computation.
func numberOf(computation []byte) (uint64, error) {
	id, err := numbers(computation, computationID)
	if err != nil || len(id) != 1 {
		return 0, errUnknown
	}
	return id[0], nil
}

// withoutBody writes an instruction that is a loop fusion as a custom call, and everything else as it is. What a
// fusion's config names is looked up when it is loaded: YNNPACK's fusions have one.
func withoutBody(f field) ([]byte, error) {
	if f.number != instructions {
		return f.whole, nil
	}
	if loop, err := isLoopFusion(f.bytes); err != nil || !loop {
		return f.whole, err
	}
	out, err := rewrite(f.bytes, func(f field) ([]byte, error) {
		switch f.number {
		case opcode:
			return f.with([]byte("custom-call")), nil
		case fusionKind, calledComputations:
			return nil, nil
		}
		return f.whole, nil
	})
	out = protowire.AppendTag(out, customCallTarget, protowire.BytesType)
	return f.with(protowire.AppendString(out, "compiled fusion")), err
}

func isLoopFusion(instruction []byte) (bool, error) {
	var fusion, loop, config bool
	err := each(instruction, func(f field) error {
		switch f.number {
		case opcode:
			fusion = string(f.bytes) == "fusion"
		case fusionKind:
			loop = string(f.bytes) == "kLoop"
		case backendConfig:
			config = bytes.Contains(f.bytes, []byte("fusion_config"))
		}
		return nil
	})
	return fusion && loop && !config, err
}
