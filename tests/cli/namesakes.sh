#!/bin/bash
# namesakes.sh BIN SOURCE: two locks that one line calls alike are told apart by numbers, and one lock that two places call
# differently has one number; names that do not mislead stay as they are.
set -uo pipefail
bin=$1
programs=$2/tests/programs/lockorder
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
unset GOMAXPROCS "${!GORO_@}"

faults=0
has() { # FILE TEXT
    grep -qF -- "$2" "$1" && return
    faults=$((faults + 1))
    echo "not said: $2"
    cat "$1"
}

"$bin/goro-race" --seed 1 --json findings "$programs/transfer.c" >output 2>&1
tr -s ' \n' ' ' <output >words
has words 'inversion of to->mu (#1) and to->mu (#2)'
has words 'LOCKS goroutine 3 (transfer), the mutex to->mu (#1)'
has words 'holding from->mu (#2)'
has words 'holding from->mu (#1)'
has words 'by something that is the same for all, the lower address or number'
"$bin/goro-race" merge findings >merged 2>&1
has merged 'inversion of to->mu (#1) and to->mu (#2)'

"$bin/goro-race" --seed 1 "$programs/ab_ba.c" >output 2>&1
has output 'GD004'
if grep -F '(#' output; then
    faults=$((faults + 1))
    echo 'numbers where names are enough'
fi

[ $faults = 0 ] && echo 'all as expected'
