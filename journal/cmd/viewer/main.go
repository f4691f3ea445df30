// Viewer is the journal command without experiments: it lists, shows, compares, exports and serves any journal, and links nothing of
// GoMLX.
//
//	go build -ldflags "-s -w" -o journal ./journal/cmd/viewer
package main

import (
	"flowbook/journal/command"
	_ "flowbook/journal/gs"             // artifacts in gs: buckets
	_ "flowbook/journal/s3"             // artifacts in s3: buckets
	_ "flowbook/journal/store/postgres" // journals in PostgreSQL
)

func main() { command.Main(command.Program{}) }
