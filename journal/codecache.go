package journal

import (
	"encoding/json"
	"sync"
)

// A codeCache keeps the versions of code that were read: most runs of a journal share a few, and each lists all modules.
type codeCache struct {
	mu   sync.Mutex
	code map[string]Code
}

// maxCodes is how many versions are kept.
const maxCodes = 64

// read decodes a version of code; the caller must not change what its fields point to.
func (c *codeCache) read(text string) (Code, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if code, ok := c.code[text]; ok {
		return code, nil
	}
	var code Code
	if err := json.Unmarshal([]byte(text), &code); err != nil {
		return code, err
	}
	if c.code == nil || len(c.code) == maxCodes {
		c.code = map[string]Code{}
	}
	c.code[text] = code
	return code, nil
}
