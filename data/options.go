package data

import (
	"context"
	"io"
	"net/http"
	"os"
	"time"
)

// Option changes where a set comes from or what is told while it comes.
type Option func(*options)

// From names the folder (or, where a set says so, the archive) that holds the set's files. Only it is looked at then,
// and nothing is downloaded.
func From(path string) Option { return func(o *options) { o.dir = path } }

// WithContext lets ctx end a download or a decoding. The next call goes on with a download from where it stopped.
func WithContext(ctx context.Context) Option { return func(o *options) { o.ctx = ctx } }

// OnProgress has f called, never from two goroutines at once, as a download or a decoding goes on.
func OnProgress(f func(Progress)) Option { return func(o *options) { o.progress = f } }

// Mirror names base addresses to download from instead of the official ones: the file's name is put after a slash. The
// digests stay the official ones.
func Mirror(urls ...string) Option { return func(o *options) { o.mirrors = urls } }

// Offline forbids downloads.
func Offline() Option { return func(o *options) { o.offline = true } }

// Enlarge has [ImageFolder] enlarge pictures that are smaller than asked for (Catmull-Rom), instead of leaving them out.
func Enlarge() Option { return func(o *options) { o.enlarge = true } }

// Transposed has [IDXImages] exchange rows and columns, for sets that store pictures column by column, as EMNIST does.
func Transposed() Option { return func(o *options) { o.transposed = true } }

// Progress is how far a download or a decoding is.
type Progress struct {
	What        string // for example "cifar-10-binary.tar.gz"
	Done, Total int64  // Total is 0 where it isn't known
	Unit        string // "bytes" or "pictures"
}

type options struct {
	dir                               string
	ctx                               context.Context
	progress                          func(Progress)
	mirrors                           []string
	offline                           bool
	enlarge, transposed, superclasses bool
	client                            *http.Client
	stall                             time.Duration // a download that brings nothing for so long is given up
	gomnist                           string        // the folder of MNIST's files in its module
	// openPart opens a file for appending. Tests put a full disk here.
	openPart func(path string) (io.WriteCloser, error)
}

func gather(opts []Option) *options {
	o := &options{
		ctx:      context.Background(),
		progress: func(Progress) {},
		client:   http.DefaultClient,
		stall:    time.Minute,
		gomnist:  gomnistDir(),
		openPart: func(path string) (io.WriteCloser, error) {
			return os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
		},
	}
	for _, set := range opts {
		set(o)
	}
	return o
}
