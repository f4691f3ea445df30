#!/bin/sh
# The journal's command, with flowbook's own experiments: `go` builds it where its source has changed.
[ -n "${FLOWBOOK_HOME:-}" ] || . @ENV@
mkdir -p @COMMAND@ && GO111MODULE=on GOWORK=off GOTMPDIR=@COMMAND@ @GO@ build -C @PROJECT@ -mod=readonly -buildvcs=false -o @COMMAND@/journal ./journal/cmd/journal && exec @COMMAND@/journal "$@"
