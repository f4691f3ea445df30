//go:build amd64 || 386

package machine

// #include "processor.h"
import "C"

import (
	"fmt"
	"strings"
)

// leaves are the questions to the processor whose answers say its maker, model and stepping, its name and its
// instructions: the ones that LLVM asks. mask leaves out of EAX, EBX, ECX, EDX what differs from core to core.
var leaves = []struct {
	leaf, sub uint32
	mask      [4]bool
}{
	{0, 0, all}, {1, 0, [4]bool{true, false, true, true}},
	{7, 0, all}, {7, 1, all}, {7, 2, all},
	{0xd, 0, [4]bool{true, false, false, true}}, {0xd, 1, [4]bool{true, false, false, false}},
	{0x19, 0, all}, {0x1e, 0, all}, {0x1e, 1, all}, {0x24, 0, all},
	{0x80000000, 0, all}, {0x80000001, 0, all}, {0x80000002, 0, all}, {0x80000003, 0, all}, {0x80000004, 0, all},
	{0x80000008, 0, [4]bool{true, true, false, false}}, {0x80000021, 0, all},
}

var all = [4]bool{true, true, true, true}

// processor also says which registers the system keeps, without which the processor's wide instructions are of no use.
func processor() string {
	var said strings.Builder
	for _, l := range leaves {
		var r [4]C.uint
		C.cpuid(C.uint(l.leaf), C.uint(l.sub), &r[0])
		for i, keep := range l.mask {
			if keep {
				fmt.Fprintf(&said, "%x.%x.%d=%08x ", l.leaf, l.sub, i, uint32(r[i]))
			}
		}
	}
	fmt.Fprintf(&said, "xcr0=%x", uint64(C.xcr0()))
	return said.String()
}
