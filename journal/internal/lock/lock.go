// Package lock is about locks of files that go with the process that holds them, whatever ends it, and about what this user may do with a
// file.
package lock
