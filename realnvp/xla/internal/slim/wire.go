package slim

import "google.golang.org/protobuf/encoding/protowire"

// field is one field of a message in protocol buffers' wire format.
type field struct {
	number protowire.Number
	whole  []byte // with its tag
	bytes  []byte // of a message, a string or packed numbers, else nil
	value  uint64 // of a number that stands alone
	kind   protowire.Type
}

// with is the field with other bytes.
func (f field) with(bytes []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(make([]byte, 0, len(bytes)+12), f.number, protowire.BytesType), bytes)
}

// each calls do with each field of a message, in order.
func each(message []byte, do func(field) error) error {
	for len(message) > 0 {
		number, kind, tag := protowire.ConsumeTag(message)
		if tag < 0 {
			return errUnknown
		}
		n := protowire.ConsumeFieldValue(number, kind, message[tag:])
		if n < 0 {
			return errUnknown
		}
		f := field{number: number, kind: kind, whole: message[:tag+n]}
		switch kind {
		case protowire.BytesType:
			f.bytes, _ = protowire.ConsumeBytes(message[tag:])
		case protowire.VarintType:
			f.value, _ = protowire.ConsumeVarint(message[tag:])
		}
		if err := do(f); err != nil {
			return err
		}
		message = message[tag+n:]
	}
	return nil
}

// rewrite is a message of what write returns for each field.
func rewrite(message []byte, write func(field) ([]byte, error)) ([]byte, error) {
	out := make([]byte, 0, len(message))
	err := each(message, func(f field) error {
		written, err := write(f)
		out = append(out, written...)
		return err
	})
	return out, err
}

// numbers are the values of a field of numbers, packed or each alone.
func numbers(message []byte, number protowire.Number) (values []uint64, err error) {
	err = each(message, func(f field) error {
		switch {
		case f.number != number:
		case f.kind == protowire.VarintType:
			values = append(values, f.value)
		case f.kind == protowire.BytesType:
			for packed := f.bytes; len(packed) > 0; {
				v, n := protowire.ConsumeVarint(packed)
				if n < 0 {
					return errUnknown
				}
				values, packed = append(values, v), packed[n:]
			}
		default:
			return errUnknown
		}
		return nil
	})
	return values, err
}
