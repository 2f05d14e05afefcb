#!/bin/bash
# fault.sh BIN SOURCE: of a program that dies goro-race tells the line, the user's own and not the library's, and it still dies
# as it does without.
set -uo pipefail
bin=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$2/tests/cli/fault.c" "$dir"
cd "$dir" || exit 2
unset GOMAXPROCS "${!GORO_@}"
ulimit -c 0
export LC_ALL=C.UTF-8
"$bin/goro-cc" -race -g -w fault.c -o fault || exit 1
"$bin/goro-cc" -race -g -w -DTHREADS fault.c -o threads || exit 1

faults=0
fault() {
    faults=$((faults + 1))
    echo "$1:"
    cat output
}
line_of() { grep -n "/\* $1 \*/" fault.c | cut -d: -f1; }

check() { # PROGRAM HOW WHERE STATUS
    local status=0
    timeout 120 "$bin/goro-race" --stable "./$1" "$2" "$3" >output 2>&1 </dev/null || status=$?
    [ "$status" = "$4" ] || fault "$*: exit status $status"
    sed '1,/^  It happened here:$/d; /^$/,$d' output >place
    grep -qE "^ +die +fault\.c:$(line_of "$2") +$(line_of "$2") \| " place || fault "$*: the line is not shown"
    grep -qE "^ +[a-z]+ +fault\.c:$(line_of "in $3")( |$)" place || fault "$*: the caller is not shown"
    [ "$(wc -l <place)" -le 3 ] || fault "$*: more than the user's own calls is shown"
}
for where in goroutine main thread; do
    check fault null $where 139
    check fault library $where 139
    check fault abort $where 134
    check fault panic $where 2
done
for where in main thread; do
    check threads null $where 139
    check threads abort $where 134
    [ "$(grep -c goroutine output)" = 0 ] || fault "threads, $where: a word of goroutines"
done

# It is said once, and not at all if nothing is to be said.
"$bin/goro-race" --quiet ./fault null goroutine >output 2>&1
grep -q 'It happened' output && fault 'said in spite of --quiet'
GORO_TRACEBACK=all "$bin/goro-race" ./fault null goroutine >output 2>&1
[ "$(grep -c 'It happened' output)" = 1 ] || fault 'not said once'

[ "$faults" = 0 ]
