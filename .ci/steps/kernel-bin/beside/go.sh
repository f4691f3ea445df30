#!/bin/sh
# The `go` of the GoNB that only answers completion and help: it is told of every cell, and builds and runs none of them.
case "$*" in
"build -o $PWD/${PWD##*/}"*) printf '#!/bin/sh\n' >"$3" && exec chmod +x "$3" ;;
"test -c -o $PWD/${PWD##*/}"*) printf '#!/bin/sh\n' >"$4" && exec chmod +x "$4" ;;
esac
exec @GO@ "$@"
