// Package lock is about locks of files that go with the process that holds them, whatever ends it, and about what this user may do with a
// file.
package lock

import "path/filepath"

// OnlyReadable tells whether a database's file is there that this user may read and not write: the file, or the folder in which SQLite
// would need files of its own.
func OnlyReadable(path string) bool {
	return MayRead(path) && !(MayWrite(path) && MayWrite(filepath.Dir(path)))
}
