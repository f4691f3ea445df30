// Package spool is the write-ahead file of a run: it takes each record at once, so that a killed process loses none of what was
// acknowledged, until the record is in the database. It knows the folder where these files lie, their names and their format, and nothing
// of the journal.
package spool
