package data

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// CSV reads a table of numbers from a text file: columns separated by commas, semicolons, tabs, bars or blanks, with a
// header or without (the columns are then x1, x2, …), quoted or not, packed by gzip or not, in UTF-8 or, with its byte
// order mark, UTF-16. The separator and whether there is a header are seen from the first lines, unless an option, or a
// spreadsheet's first line sep=;, says so. Where semicolons separate, 1,5 is one and a half, and
// 1.234 beside it is refused, since it may be a thousand.
//
// Every column has to be numbers, without a gap: the error names, by line and column, what is not. [Columns] chooses
// columns, [Label] takes one for classes, [DropMissing] leaves rows with gaps out and names them in Skipped.
func CSV(path string, opts ...TableOption) (*Table, error) {
	o := tableOptions{}
	for _, set := range opts {
		set(&o)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	t, err := o.read(f, strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".gz"), filepath.Ext(strings.TrimSuffix(path, ".gz"))))
	if err != nil {
		return nil, fmt.Errorf("data: %s%w", path, err)
	}
	return t, nil
}

// isBlank is whether a line holds nothing: blanks, or the mark that ends DOS's files.
func isBlank(line string) bool { return strings.Trim(line, " \t\x1a") == "" }

// read makes a table of a file's content. Its errors follow the file's name: ", line 3 …" or ": …".
func (o tableOptions) read(f io.Reader, name string) (*Table, error) {
	in := bufio.NewReader(f)
	if start, _ := in.Peek(2); isGzip(start) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf(" is not a sound gzip file: %w", err)
		}
		in = bufio.NewReader(z)
		if again, _ := in.Peek(2); isGzip(again) {
			return nil, errors.New(" is packed by gzip twice: unpack it once")
		}
	}
	text := bufio.NewReaderSize(transform.NewReader(in, unicode.BOMOverride(encoding.Nop.NewDecoder())), headBytes)
	head, err := text.Peek(headBytes)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf(" cannot be read: %w", err)
	}
	for mark := []byte("\ufeff"); bytes.HasPrefix(head, mark); head = head[len(mark):] {
		text.Discard(len(mark)) // a second byte order mark, of files that were marked twice
	}
	switch {
	case bytes.IndexByte(head, 0) >= 0:
		return nil, errors.New(" is not text: save it as CSV in UTF-8")
	case bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0:
		return nil, errors.New(" ends its lines as old Macs did: save it as CSV anew")
	}
	lines := 0 // before those that the reader counts: a spreadsheet's hint is one
	hint, _, found := bytes.Cut(head, []byte("\n"))
	if found && bytes.HasPrefix(hint, []byte("sep=")) {
		if o.comma == 0 {
			o.comma, _ = utf8.DecodeRune(hint[len("sep="):])
		}
		text.Discard(len(hint) + 1)
		head, lines = head[len(hint)+1:], 1
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	o.recognize(head, err == io.EOF)
	rows := csv.NewReader(text)
	rows.Comma, rows.Comment, rows.ReuseRecord, rows.TrimLeadingSpace, rows.FieldsPerRecord = o.comma, o.comment, true, o.comma != '\t', -1
	c := &columns{options: o}
	for {
		fields, err := rows.Read()
		if err == io.EOF {
			return c.table(name)
		}
		fields = trimTrailing(fields, o.comma)
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, fmt.Errorf(", line %d: %w", lines+bad.Line, bad.Err)
		}
		if err != nil {
			return nil, fmt.Errorf(" cannot be read to its end: %w", err)
		}
		line, _ := rows.FieldPos(0)
		line += lines
		switch {
		case c.names == nil:
			err = c.begin(fields, line)
		case len(fields) == 1 && len(c.names) > 1 && isBlank(fields[0]):
		default:
			err = c.add(fields, line)
		}
		if err != nil {
			return nil, err
		}
	}
}
