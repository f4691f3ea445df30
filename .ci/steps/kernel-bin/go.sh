#!/bin/sh
# The `go` that the cells' GoNB finds first; @GO@ is the real one, to which all else is passed on.
# GoNB builds each cell over the last one's program, so that a cell run again after others is linked anew, which takes
# seconds. Here each cell has a program of its own. What GoNB finds where it wants the program runs it as cells are run
# (notebooks/kernel). The folder is the kernel's own, and goes when it ends; the 16 programs used last are kept in it.
case "$*" in
"build -o $PWD/${PWD##*/}"*) code=main.go program=$3 how=build && shift 3 ;;
"test -c -o $PWD/${PWD##*/}"*) code=main_test.go program=$4 how="test -c" && shift 4 ;;
"work use "*) @GO@ "$@" && { [ -e .first.work ] || cp go.work .first.work; } && exit ;;
*) exec @GO@ "$@" ;;
esac

# What the program is made of, beside the project: the cell, the command, what other files and what settings there are.
made=$(cat "$code" && echo "$how" "$@" && ls -- *.go && env | grep -E '^(GO|CGO_|CC=|CXX=|PKG_CONFIG)')
[ -d built ] || mkdir built
sum=$(printf '%s' "$made" | cksum)
own=$PWD/built/${sum% *}-${sum#* }

# Whether it is there, and nothing of the project has changed since it was begun, which `go` takes 0.2 s to find out. What
# changes has another time of status, whatever its time of writing says. Where the module is put together in another way than
# at the beginning, by links too, `go` is asked.
unchanged() {
	[ -e "$own" ] && [ "$(cat "$own.made" 2>/dev/null)" = "$made" ] && cmp -s go.work .first.work && [ "$(grep -c '=>' go.mod)" -le 1 ] &&
		changed=$(find -H @PROJECT@/. go.mod go.work @GO@ -name '.?*' -prune -o \( -type l -o -cnewer "$own.made" \) -print -quit) && [ -z "$changed" ]
}

if ! unchanged; then
	rm -f "$own.made"
	printf '%s\n' "$made" >"$own.begun"
	@GO@ $how -o "$own" "$@" || exit
	mv "$own.begun" "$own.made"
	ls -t built | grep -v '\.' | tail -n +17 | while read -r old; do rm -f "built/$old" "built/$old.made"; done
fi
touch "$own"
ln -sfn "$own" "$program.own"
if grep -q RequestInput "$code"; then touch "$program.asks"; elif [ -e "$program.asks" ]; then rm "$program.asks"; fi
[ -e "$program" ] || cp "${0%/*}/cell" "$program"
