package data

import (
	"errors"
	"fmt"
)

// step carries out one opcode.
func (p *pickle) step(op byte) error {
	lengths := map[byte]int{'U': 1, 'T': 4, 'X': 4, 0x8c: 1, 'C': 1, 'B': 4, 0x8e: 8} // strings and bytes
	if n, ok := lengths[op]; ok {
		b, err := p.text(n)
		p.push(b)
		return err
	}
	switch op {
	case 0x80: // protocol
		_, err := p.number(1)
		return err
	case 0x95: // frame
		_, err := p.number(8)
		return err
	case '}':
		p.push(map[string]any{})
	case ']':
		p.push(&list{})
	case ')':
		p.push([]any{})
	case '(':
		p.push(mark{})
	case 'N':
		p.push(nil)
	case 0x88, 0x89:
		p.push(op == 0x88)
	case 'K', 'M', 'J': // 1, 2 and 4 bytes, the last one signed
		n, err := p.number(map[byte]int{'K': 1, 'M': 2, 'J': 4}[op])
		if op == 'J' {
			n = int(int32(n))
		}
		p.push(n)
		return err
	case 'q', 'r', 0x94: // remember the top
		if len(p.stack) == 0 {
			return errors.New("it remembers nothing")
		}
		at, err := len(p.memo), error(nil)
		if op != 0x94 {
			at, err = p.number(map[byte]int{'q': 1, 'r': 4}[op])
		}
		p.memo[at] = p.stack[len(p.stack)-1]
		return err
	case 'h', 'j': // recall
		at, err := p.number(map[byte]int{'h': 1, 'j': 4}[op])
		v, ok := p.memo[at]
		if err == nil && !ok {
			err = errors.New("it recalls what it never remembered")
		}
		p.push(v)
		return err
	case 'c', 0x93:
		return p.global(op)
	case 't', 0x85, 0x86, 0x87, 'e', 'a', 'u', 's':
		return p.collect(op)
	case 'R', 'b':
		return p.call(op)
	default:
		return fmt.Errorf("it has opcode %#02x, which no CIFAR-10 batch has", op)
	}
	return nil
}

func (p *pickle) global(op byte) error {
	var module, name string
	var err error
	if op == 'c' {
		if module, err = p.line(); err == nil {
			name, err = p.line()
		}
	} else {
		var n, m any
		if n, err = p.pop(); err == nil {
			m, err = p.pop()
		}
		module, name = word(m), word(n)
	}
	if err != nil {
		return err
	}
	switch g := global(module + " " + name); g {
	case "numpy.core.multiarray _reconstruct", "numpy._core.multiarray _reconstruct", "numpy ndarray", "numpy dtype":
		p.push(g)
		return nil
	default:
		return fmt.Errorf("it calls for %s, which no CIFAR-10 batch does", g)
	}
}

// collect makes tuples and fills lists and dictionaries.
func (p *pickle) collect(op byte) error {
	var items []any
	var err error
	switch op {
	case 't', 'e', 'u':
		items, err = p.popMark()
	default:
		n := map[byte]int{0x85: 1, 0x86: 2, 0x87: 3, 'a': 1, 's': 2}[op]
		if len(p.stack) < n {
			return errors.New("its stack runs empty")
		}
		items = append(items, p.stack[len(p.stack)-n:]...)
		p.stack = p.stack[:len(p.stack)-n]
	}
	if err != nil {
		return err
	}
	if op == 't' || op >= 0x85 {
		p.push(items)
		return nil
	}
	if len(p.stack) == 0 {
		return errors.New("its stack runs empty")
	}
	switch top := p.stack[len(p.stack)-1].(type) {
	case *list:
		if op == 'e' || op == 'a' {
			top.items = append(top.items, items...)
			return nil
		}
	case map[string]any:
		if (op == 'u' || op == 's') && len(items)%2 == 0 {
			for i := 0; i < len(items); i += 2 {
				top[word(items[i])] = items[i+1]
			}
			return nil
		}
	}
	return errors.New("it fills what is no list and no dictionary")
}

// call makes numpy's arrays and element types: 'R' applies a constructor to a tuple, 'b' gives the result its state.
func (p *pickle) call(op byte) error {
	arg, err := p.pop()
	if err != nil {
		return err
	}
	on, err := p.pop()
	if err != nil {
		return err
	}
	args, ok := arg.([]any)
	if !ok {
		return errors.New("it calls without arguments")
	}
	switch on := on.(type) {
	case global:
		if on == "numpy dtype" && len(args) > 0 {
			p.push(&dtype{word(args[0])})
			return nil
		}
		if on != "numpy ndarray" {
			p.push(&ndarray{})
			return nil
		}
	case *dtype:
		p.push(on)
		return nil
	case *ndarray: // version, shape, element type, column-major?, bytes
		if len(args) != 5 {
			break
		}
		shape, _ := args[1].([]any)
		element, _ := args[2].(*dtype)
		on.fortran, _ = args[3].(bool)
		on.bytes, _ = args[4].([]byte)
		if element == nil || element.name != "u1" {
			return errors.New("its array is not of bytes")
		}
		on.shape = nil
		for _, d := range shape {
			n, _ := d.(int)
			on.shape = append(on.shape, n)
		}
		p.push(on)
		return nil
	}
	return errors.New("it calls what is no numpy array")
}

func word(v any) string {
	b, _ := v.([]byte)
	return string(b)
}

// rows is the array [n, width] row after row, or an error where it has another shape.
func (a *ndarray) rows(n, width int) ([]byte, error) {
	if len(a.shape) != 2 || a.shape[0] != n || a.shape[1] != width || len(a.bytes) != n*width {
		return nil, fmt.Errorf("its array has shape %v and %d bytes, not [%d %d]", a.shape, len(a.bytes), n, width)
	}
	if !a.fortran {
		return a.bytes, nil
	}
	out := make([]byte, n*width)
	for i := range n {
		for j := range width {
			out[i*width+j] = a.bytes[j*n+i]
		}
	}
	return out, nil
}
