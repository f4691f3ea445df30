// Package record has the plain types of what a journal holds: a [Run] with its config, code, machine, metrics and files, and an [Entry].
// They know no database. What a run says of itself is one table, [Fields], which everything that shows, filters, sorts, exports or compares
// runs walks.
package record
