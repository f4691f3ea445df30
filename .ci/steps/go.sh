#!/bin/sh
# The `go` that a notebook's kernel finds first; @GO@ is the real one. It does two things for GoNB and passes all else on.
case "$*" in
# GoNB runs this before each cell unless the notebook says %noautoget. Here it could only move a pinned version or
# fail without a network: what cells import is in the project's go.mod. `!*go get MODULE@VERSION` works as ever.
get | "get -t") exit 0 ;;
# GoNB builds each cell over the last one's program, so that a cell run again after others is linked anew, which takes
# seconds. Here each cell has a program of its own, and `go build` itself sees whether it is up to date. The folder is
# GoNB's own, which it removes when the kernel ends; the 16 programs used last are kept in it.
"build -o $PWD/${PWD##*/}"*)
    program=$3
    shift 3
    mkdir -p built
    own=built/$(cksum <main.go | tr ' ' -)
    @GO@ build -o "$own" "$@" || exit
    touch "$own"
    ln -f "$own" "$program" || cp -f "$own" "$program" || exit
    ls -t built | tail -n +17 | while read -r old; do rm -f "built/$old"; done
    exit
    ;;
esac
exec @GO@ "$@"
