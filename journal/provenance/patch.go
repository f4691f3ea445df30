package provenance

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/adler32"
	"io"
	"os"
	"path/filepath"
	"strings"

	"flowbook/journal/internal/ctxio"
	"flowbook/journal/internal/secret"
)

// newFile is the patch that adds a file, as git diff would write it, or why it is left out. names is the length of the names that the
// repository gives its files. git itself could only write it after
// adding something to the repository.
func newFile(ctx context.Context, top, name string, names int, room int64) (patch []byte, why string, size int64) {
	if strings.HasSuffix(name, "/") {
		return nil, "it is a repository of its own", 0
	}
	path := filepath.Join(top, filepath.FromSlash(name))
	info, err := os.Lstat(path)
	if err != nil {
		return nil, "it cannot be read", 0
	}
	size = info.Size()
	mode := "100644"
	switch {
	case secret.File(name):
		return nil, "by its name it may hold secrets", size
	case info.Mode()&os.ModeSymlink != 0:
		target, err := os.Readlink(path)
		if err != nil {
			return nil, "it cannot be read", size
		}
		return addition(name, "120000", names, []byte(target)), "", size
	case !info.Mode().IsRegular():
		return nil, "it is no file", 0
	case size > maxFile:
		return nil, fmt.Sprintf("it is larger than %d MiB", maxFile>>20), size
	case size > room:
		return nil, fmt.Sprintf("the new files are larger than %d MiB", maxNew>>20), size
	case info.Mode()&0o100 != 0:
		mode = "100755"
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, "it cannot be read", size
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(ctxio.Reader(ctx, f), maxFile+1))
	if err != nil || len(data) > maxFile {
		return nil, "it cannot be read whole", size
	}
	if isBinary(data) && secret.Source(string(data)) != string(data) {
		return nil, "it holds a secret", size
	}
	return addition(name, mode, names, data), "", int64(len(data))
}

// isBinary tells a file that git would call binary.
func isBinary(data []byte) bool { return bytes.IndexByte(data[:min(8000, len(data))], 0) >= 0 }

func addition(name, mode string, names int, data []byte) []byte {
	var b bytes.Buffer
	a, z := quote("a/"+name), quote("b/"+name)
	h := blobHash(int64(len(data)), names)
	h.Write(data)
	fmt.Fprintf(&b, "diff --git %s %s\nnew file mode %s\nindex %s..%s\n", a, z, mode, strings.Repeat("0", names), hex.EncodeToString(h.Sum(nil)))
	switch {
	case len(data) == 0:
	case isBinary(data):
		b.WriteString("GIT binary patch\n")
		literalPatch(&b, data)
		literalPatch(&b, nil)
	default:
		if z[0] != '"' && strings.Contains(z, " ") {
			z += "\t" // so that the end of a name with spaces is known
		}
		lines := bytes.SplitAfter(data, []byte("\n"))
		if len(lines[len(lines)-1]) == 0 {
			lines = lines[:len(lines)-1]
		}
		count := ""
		if len(lines) > 1 {
			count = fmt.Sprintf(",%d", len(lines))
		}
		fmt.Fprintf(&b, "--- /dev/null\n+++ %s\n@@ -0,0 +1%s @@\n", z, count)
		for _, line := range lines {
			b.WriteByte('+')
			b.Write(line)
		}
		if !bytes.HasSuffix(data, []byte("\n")) {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
	return b.Bytes()
}

// digits are those of git's base 85.
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"

// literalPatch writes bytes as a binary patch has them: in zlib's format, in lines of at most 52 bytes in base 85.
func literalPatch(b *bytes.Buffer, data []byte) {
	fmt.Fprintf(b, "literal %d\n", len(data))
	for rest := stored(data); len(rest) > 0; {
		line := rest[:min(52, len(rest))]
		rest = rest[len(line):]
		if n := len(line); n <= 26 {
			b.WriteByte(byte('A' + n - 1))
		} else {
			b.WriteByte(byte('a' + n - 27))
		}
		for len(line) > 0 {
			var four [4]byte
			line = line[copy(four[:], line):]
			v := uint32(four[0])<<24 | uint32(four[1])<<16 | uint32(four[2])<<8 | uint32(four[3])
			var five [5]byte
			for i := 4; i >= 0; i-- {
				five[i] = digits[v%85]
				v /= 85
			}
			b.Write(five[:])
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
}

// stored is data in zlib's format (RFC 1950) without compression, which would link a compressor into every program.
func stored(data []byte) []byte {
	z := []byte{0x78, 0x01}
	rest := data
	for last := false; !last; {
		n := min(len(rest), 0xffff)
		last = n == len(rest)
		final := byte(0)
		if last {
			final = 1
		}
		z = append(z, final, byte(n), byte(n>>8), ^byte(n), ^byte(n>>8))
		z = append(z, rest[:n]...)
		rest = rest[n:]
	}
	return binary.BigEndian.AppendUint32(z, adler32.Checksum(data))
}

// quote writes a path as git does with core.quotePath: in quotes where it holds what a line cannot.
func quote(name string) string {
	var b strings.Builder
	plain := true
	for _, c := range []byte(name) {
		if esc := strings.IndexByte("\a\b\t\n\v\f\r\"\\", c); esc >= 0 {
			b.WriteByte('\\')
			b.WriteByte(`abtnvfr"\`[esc])
			plain = false
		} else if c < ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "\\%03o", c)
			plain = false
		} else {
			b.WriteByte(c)
		}
	}
	if plain {
		return name
	}
	return `"` + b.String() + `"`
}
