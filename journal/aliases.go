package journal

import (
	"flowbook/journal/fault"
	"flowbook/journal/query"
	"flowbook/journal/record"
)

// What a program that records and reads runs has to write down, so that it needs no other import. Packages record and query have the rest.
type (
	Record   = record.Run
	Entry    = record.Entry
	Artifact = record.Artifact
	Series   = record.Series
	Query    = query.Query
	Status   = record.Status
	Better   = record.Better
)

// How a run stands, and in which direction a metric improves.
const (
	Running     = record.Running
	Finished    = record.Finished
	Failed      = record.Failed
	Interrupted = record.Interrupted

	Lower  = record.Lower
	Higher = record.Higher
	None   = record.None
)

// The errors that a program may want to tell apart with errors.Is; see package fault.
var (
	ErrNotFound    = fault.ErrNotFound
	ErrAmbiguous   = fault.ErrAmbiguous
	ErrInvalid     = fault.ErrInvalid
	ErrDuplicate   = fault.ErrDuplicate
	ErrNotJournal  = fault.ErrNotJournal
	ErrNewerSchema = fault.ErrNewerSchema
	ErrCorrupt     = fault.ErrCorrupt
	ErrFull        = fault.ErrFull
	ErrPermission  = fault.ErrPermission
	ErrBusy        = fault.ErrBusy
	ErrAuth        = fault.ErrAuth
	ErrUnreachable = fault.ErrUnreachable
	ErrFinished    = fault.ErrFinished
	ErrRunning     = fault.ErrRunning
)

// Table writes runs as an HTML table: what differs in their configs, and each metric's last value, the best of them in bold.
func Table(runs ...*Record) string { return record.Table(runs...) }
