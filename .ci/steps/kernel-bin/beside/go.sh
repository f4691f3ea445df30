#!/bin/sh
# The `go` of the GoNB that only answers completion and help: it is told of every cell, and builds and runs none of them. Its
# module requires the project as any other would, in place of a go.work that has gopls read all of the project's packages, and
# imports from the beginning what cells of the notebooks do.
case "$*" in
"build -o $PWD/${PWD##*/}"*) printf '#!/bin/sh\n' >"$3" && exec chmod +x "$3" ;;
"test -c -o $PWD/${PWD##*/}"*) printf '#!/bin/sh\n' >"$4" && exec chmod +x "$4" ;;
"mod init "*)
	cp @PROJECT@/go.mod @PROJECT@/go.sum . && mkdir -p ahead && cp "${0%/*}/ahead.go" ahead/ || exit
	printf 'package main\n\nimport "flowbook/realnvp"\n\nfunc main() {\n\trealnvp.\n}\n' >main.go # as the kernel asks first
	printf 'package main\n' >other.go
	exec @GO@ mod edit -module "$3" -require flowbook@v0.0.0 -replace flowbook=@PROJECT@ ;;
esac
exec @GO@ "$@"
