package provenance

import (
	"bytes"
	"strings"

	"flowbook/journal/internal/secret"
)

// blocks splits a patch into its files.
func blocks(patch []byte) [][]byte {
	const start = "diff --git "
	var all [][]byte
	for len(patch) > 0 {
		end := bytes.Index(patch[1:], []byte("\n"+start))
		if end < 0 {
			end = len(patch) - 2
		}
		block := patch[:end+2]
		patch = patch[end+2:]
		if bytes.HasPrefix(block, []byte(start)) {
			all = append(all, block)
		}
	}
	return all
}

// hasChange tells whether a file's part of a patch says more than the file's name.
func hasChange(block []byte) bool {
	for _, mark := range []string{"\n@@ ", "\nGIT binary patch", "\nold mode ", "\nnew file mode ", "\ndeleted file mode ", "\nBinary files "} {
		if bytes.Contains(block, []byte(mark)) {
			return true
		}
	}
	return false
}

// masked is a file's part of a patch without secrets. A private key takes the file with it, since a key of several lines cannot be
// masked in a patch.
func (l *looker) masked(block []byte) []byte {
	name := blockName(block)
	if bytes.Contains(block, []byte("PRIVATE KEY-----")) && !bytes.Contains(block, []byte("GIT binary patch")) && secret.Source(string(block)) != string(block) {
		l.left.add(name, 0, "it holds a private key")
		return nil
	}
	if bytes.Contains(block, []byte("\nGIT binary patch")) {
		return block
	}
	masked := secret.InFile(name, string(block))
	if masked != string(block) {
		l.left.add(name, 0, "a secret in it is masked")
	}
	return []byte(masked)
}

// blockName is the path of a file's part of a patch, as the patch writes it.
func blockName(block []byte) string {
	line, _, _ := strings.Cut(string(block), "\n")
	if _, after, ok := strings.Cut(line, " b/"); ok {
		return after
	}
	return strings.TrimPrefix(line, "diff --git ")
}
