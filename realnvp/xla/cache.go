//go:build ((linux && (amd64 || arm64)) || (darwin && arm64)) && !noxla

package xla

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"flowbook/realnvp/xla/internal/machine"
	front "flowbook/realnvp/xla/internal/pjrt"
	"flowbook/realnvp/xla/internal/slim"
	"flowbook/realnvp/xla/internal/store"
)

// version is to be raised when what a stored executable depends on, or how it is stored, changes.
const version = "flowbook XLA cache 2"

// limit is how many bytes the cache's files may have.
const limit = 2 << 30

// started is the environment as the process began. XLA reads its variables once, and nobody can see when: where one has
// changed since, nothing is taken from the cache and nothing put there.
var started = environment()

// dataDir is what go-xla adds to XLA_FLAGS when it loads a CUDA plugin: a folder whose files are in the plugin's digest.
var dataDir = regexp.MustCompile(` ?--xla_gpu_cuda_data_dir=\S+$`)

// environment is what XLA may read, without what go-xla adds.
func environment() []string {
	found := machine.Environment()
	for i, v := range found {
		if strings.HasPrefix(v, "XLA_FLAGS=") {
			found[i] = dataDir.ReplaceAllString(v, "")
		}
	}
	return slices.DeleteFunc(found, func(v string) bool { return v == "XLA_FLAGS=" })
}

// cache stands between go-xla and a plugin.
type cache struct {
	store       store.Store
	machine     []byte       // all that the machine code depends on and that is the same for all programs of this process
	slim        bool         // executables are kept without what loading them does not need
	hit, missed atomic.Int64 // programs that were loaded, and that were compiled
}

// client is what the cache asks of a plugin's client.
type client interface {
	Describe() ([]byte, error)
	Serialize(front.Executable) ([]byte, error)
	Load([]byte) (front.Executable, error)
}

func newCache(dir, plugin string) (*cache, error) {
	c := &cache{store: store.Store{Dir: dir, Limit: limit}}
	described, digest, err := digests(c.store).Plugin(plugin)
	if err != nil {
		return nil, err
	}
	c.slim = slim.Tested(digest)
	h := sha256.New()
	for _, field := range append([]string{version, described, machine.Describe()}, started...) {
		add(h, []byte(field))
	}
	c.machine = h.Sum(nil)
	return c, nil
}

// digests remembers in a store the digests of large files.
func digests(s store.Store) machine.Digests {
	return machine.Digests{
		Get: func(key [sha256.Size]byte) []byte { return s.Get(key) },
		Put: func(key [sha256.Size]byte, digest []byte) {
			if claim, err := s.Claim(key); err == nil {
				claim.Fill(digest)
			}
		},
	}
}

// add writes one field of a key, its length first, so that no two lists of fields are the same bytes.
func add(h hash.Hash, field []byte) {
	binary.Write(h, binary.LittleEndian, int64(len(field)))
	h.Write(field)
}

// key is the SHA-256 of all that an executable depends on, so two programs have one key only if they compile to the same
// code: the program and its format, the options (devices among them), the client's platform and topology, and what
// newCache collected: this cache's version, the plugin's digest, the processor, the cores, the C library, and the
// environment. It is false where something else may matter.
func (c *cache) key(p front.Program, client client) (key store.Key, ok bool) {
	if p.Extended || bytes.Contains(p.Code, []byte("callback")) || !cacheable(started) || !slices.Equal(environment(), started) {
		return key, false
	}
	topology, err := client.Describe()
	if err != nil {
		return key, false
	}
	h := sha256.New()
	for _, field := range [][]byte{c.machine, topology, p.Format, p.Options, p.Code} {
		add(h, field)
	}
	h.Sum(key[:0])
	return key, true
}

// notKept finds flags whose value is a file or a folder; and those of oneDNN, since XLA, asked to write down a program
// that oneDNN runs parts of, takes one for another and ends the process.
var notKept = regexp.MustCompile(`[/\\]|xla_dump|_(to|from|dir|file|files|path)=|onednn`)

// cacheable says whether XLA_FLAGS' value is all that XLA reads of it: not where it names a file, which holds more flags
// or what XLA tuned before, nor where it asks for XLA's intermediate files, which only a compilation writes; and whether
// XLA can write down what it compiles so.
func cacheable(environment []string) bool {
	for _, v := range environment {
		if flags, ok := strings.CutPrefix(v, "XLA_FLAGS="); ok {
			return strings.HasPrefix(strings.TrimSpace(flags), "-") && !notKept.MatchString(flags)
		}
		if strings.HasPrefix(v, "XLA_DEBUG_OPTIONS=") { // the same flags, for go-xla
			return false
		}
	}
	return true
}

// compile returns the executable from the store, or compiles it and puts it there. Whatever goes wrong with the store,
// the program is compiled as if there were none.
func (c *cache) compile(p front.Program, client client, compile func() (front.Executable, error)) (front.Executable, error) {
	key, ok := c.key(p, client)
	if !ok {
		return compile()
	}
	e, refused := c.load(key, client)
	if e != nil {
		return e, nil
	}
	claim, err := c.store.Claim(key)
	if err != nil {
		say(c.store.Dir, err)
		return compile()
	}
	if claim.Waited {
		if e, refused = c.load(key, client); e != nil {
			claim.Drop()
			return e, nil
		}
	}
	e, err = compile()
	if err != nil {
		claim.Drop()
		return nil, err
	}
	c.missed.Add(1)
	code, err := client.Serialize(e)
	if err != nil {
		claim.Drop()
	} else {
		err = claim.Fill(c.smaller(code, refused))
	}
	if err != nil {
		say(c.store.Dir, err)
	}
	return e, nil
}

// load is nil where the store has no executable, or has one that the plugin refused to take.
func (c *cache) load(key store.Key, client client) (e front.Executable, refused bool) {
	code := c.store.Get(key)
	if code == nil {
		return nil, false
	}
	e, err := client.Load(code)
	if err != nil {
		c.store.Remove(key)
		return nil, true
	}
	c.hit.Add(1)
	return e, false
}

// smaller is what is kept of a serialized executable. It is all of it where the plugin refused what was kept before.
func (c *cache) smaller(code []byte, refused bool) []byte {
	if c.slim && !refused {
		if smaller, err := slim.Executable(code); err == nil {
			return smaller
		}
	}
	return code
}
