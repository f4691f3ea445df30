package realnvp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"flowbook/realnvp/internal/safetensors"
)

// readCheckpoint reads a checkpoint's file and checks its digests; its tensors are still to be held against a flow.
func readCheckpoint(path string) (*checkpoint, error) {
	fail := func(format string, args ...any) (*checkpoint, error) {
		return nil, fmt.Errorf("realnvp: checkpoint %s %s", path, fmt.Sprintf(format, args...))
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fail("does not exist; train one, or check the path")
	} else if err != nil {
		return fail("cannot be read: %v", err)
	}
	var c checkpoint
	if c.file, err = safetensors.Parse(raw); err != nil {
		return fail("is truncated, damaged or no safetensors file (%v); use an earlier checkpoint, or train anew", err)
	}
	text, ok := c.file.Metadata[headerKey]
	if !ok {
		return fail("is a safetensors file, but not one of flowbook's: its metadata has no %q", headerKey)
	}
	seal, sealed := c.file.Metadata[sealKey]
	if sealed && seal != hexDigest([]byte(text)) {
		return fail("is damaged: its header does not have the digest beside it; use an earlier checkpoint, or train anew")
	}
	if err := json.Unmarshal([]byte(text), &c.header); err != nil {
		return fail("has a damaged header: %v", err)
	}
	if c.Version > CheckpointVersion {
		return fail("is of version %d, newer than this program reads (%d); update flowbook", c.Version, CheckpointVersion)
	}
	if !sealed && c.Version >= 3 {
		return fail("is damaged: its metadata has no %q, the digest of its header; use an earlier checkpoint, or train anew", sealKey)
	}
	if digestOf(c.file) != c.SHA256 {
		return fail("is damaged: its tensors do not have the digest in its header; use an earlier checkpoint, or train anew")
	}
	if err := c.takeConfig(); err != nil {
		return fail("%v", err)
	}
	if c.Step < 0 || c.Progress.SinceBest < 0 || c.Progress.Best.Step < 0 {
		return fail("has a damaged header: step %d, best validation at step %d, %d since; none can be below 0", c.Step, c.Progress.Best.Step, c.Progress.SinceBest)
	}
	return &c, nil
}
