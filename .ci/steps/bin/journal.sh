#!/bin/sh
# The journal's command, with flowbook's own experiments: `go` builds it where its source has changed.
[ -n "${FLOWBOOK_HOME:-}" ] || . @ENV@
mkdir -p @COMMAND@ && GOTMPDIR=@COMMAND@ @GO@ build -C @PROJECT@ -buildvcs=false -o @COMMAND@/journal ./journal/cmd/journal && exec @COMMAND@/journal "$@"
