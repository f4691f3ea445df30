package slim

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

func message(number protowire.Number, of ...[]byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), bytes.Join(of, nil))
}

func text(number protowire.Number, s string) []byte { return message(number, []byte(s)) }

func number(field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, field, protowire.VarintType), v)
}

// other stands for all fields that are not read: each is to stay where it is.
func other(s string) []byte { return text(99, s) }

func fusion(name, kind string, body uint64, config string) []byte {
	return message(instructions, text(1, name), text(opcode, "fusion"), other("shape"), text(fusionKind, kind), number(35, 7), message(36, []byte{1, 2}),
		message(calledComputations, protowire.AppendVarint(nil, body)), text(backendConfig, config))
}

func call(name string, config string) []byte {
	return message(instructions, text(1, name), text(opcode, "custom-call"), other("shape"), number(35, 7), message(36, []byte{1, 2}),
		text(backendConfig, config), text(customCallTarget, "compiled fusion"))
}

func plain(op string, called ...uint64) []byte {
	var all []byte
	for _, id := range called {
		all = append(all, number(calledComputations, id)...)
	}
	return message(instructions, text(opcode, op), all, other(op))
}

func computation(id uint64, isFusion bool, instructions ...[]byte) []byte {
	mark := []byte(nil)
	if isFusion {
		mark = number(isFusionComputation, 1)
	}
	return message(computations, append(instructions, number(computationID, id), mark)...)
}

func executable(module ...[]byte) []byte {
	return bytes.Join([][]byte{
		message(serializedExecutable, message(hloModule, message(moduleOfConfig, module...), other("config")), other("machine code")), other("options"),
	}, nil)
}

const ynn = `{"fusion_config":{"kind":"__ynn_fusion"}}`

func TestExecutable(t *testing.T) {
	reducer := computation(300, false, plain("add"))
	inner := computation(301, true, plain("multiply"))
	given := executable(other("name"),
		reducer,
		computation(302, true, plain("exp")), // of the loop fusion
		computation(303, true, plain("reduce", 300), fusion("nested", "kLoop", 301, "")), // of YNNPACK's
		inner,
		computation(304, true, plain("tanh")), // of a fusion of another kind
		computation(305, false, plain("parameter"), fusion("a", "kLoop", 302, ""), fusion("b", "kCustom", 303, ynn), fusion("c", "kOutput", 304, ""), plain("dot")),
		other("schedule"))
	want := executable(other("name"),
		reducer,
		computation(303, true, plain("reduce", 300), fusion("nested", "kLoop", 301, "")),
		inner,
		computation(304, true, plain("tanh")),
		computation(305, false, plain("parameter"), call("a", ""), fusion("b", "kCustom", 303, ynn), fusion("c", "kOutput", 304, ""), plain("dot")),
		other("schedule"))
	got, err := Executable(given)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v\n%q\nwant\n%q", err, got, want)
	}
	if again, err := Executable(want); err != nil || !bytes.Equal(again, want) {
		t.Errorf("made slim again: %v\n%q", err, again)
	}
}

func TestOnlyLoopFusionsThatNobodyBuildsAnew(t *testing.T) {
	for kind, config := range map[string]string{"kLoop": ynn, "kInput": "", "kOutput": "", "kCustom": ""} {
		given := executable(computation(1, true, plain("exp")), computation(2, false, fusion("f", kind, 1, config)))
		if got, err := Executable(given); err != nil || !bytes.Equal(got, given) {
			t.Errorf("%s with config %q: %v\n%q\nwas\n%q", kind, config, err, got, given)
		}
	}
}

func TestWhatIsNoExecutable(t *testing.T) {
	one := computation(2, false, fusion("f", "kLoop", 1, ""))
	for what, code := range map[string][]byte{
		"nothing":                 nil,
		"text":                    []byte("ELF and what not"),
		"no module":               message(serializedExecutable, other("machine code")),
		"two modules":             message(serializedExecutable, message(hloModule, message(moduleOfConfig)), message(hloModule, message(moduleOfConfig))),
		"cut":                     executable(one)[:40],
		"a computation's number":  executable(message(computations, plain("add"))),
		"a number of other width": executable(message(computations, protowire.AppendFixed64(protowire.AppendTag(nil, computationID, protowire.Fixed64Type), 1))),
	} {
		if got, err := Executable(code); err == nil {
			t.Errorf("%s: no error, %q", what, got)
		}
	}
}
