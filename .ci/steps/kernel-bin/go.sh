#!/bin/sh
# The `go` that the cells' GoNB finds first; @GO@ is the real one, to which all else is passed on.
# GoNB builds each cell over the last one's program, so that a cell run again after others is linked anew, which takes
# seconds. Here each cell has a program of its own, and `go` itself sees whether it is up to date. What GoNB finds where it
# wants the program runs it as cells are run (notebooks/kernel). The folder is the kernel's own, and goes when it ends;
# the 16 programs used last are kept in it.
case "$*" in
"build -o $PWD/${PWD##*/}"*) code=main.go program=$3 how=build && shift 3 ;;
"test -c -o $PWD/${PWD##*/}"*) code=main_test.go program=$4 how="test -c" && shift 4 ;;
*) exec @GO@ "$@" ;;
esac
mkdir -p built
own=$PWD/built/$(cksum <"$code" | tr ' ' -)
@GO@ $how -o "$own" "$@" || exit
touch "$own"
ln -sfn "$own" "$program.own"
if grep -q RequestInput "$code"; then touch "$program.asks"; else rm -f "$program.asks"; fi
[ -e "$program" ] || cp "${0%/*}/cell" "$program" || exit
ls -t built | tail -n +17 | while read -r old; do rm -f "built/$old"; done
