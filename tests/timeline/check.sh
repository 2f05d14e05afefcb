#!/bin/bash
# check.sh BIN SOURCE SCRATCH: what the timeline of --html knows of threads, of C11 atomics, and of a schedule that was explored.
set -uo pipefail
bin=$(cd "$1" && pwd) here=$2/tests/timeline scratch=$3
command -v python3 >/dev/null || { echo 'skipped: there is no python3'; exit 77; }
unset "${!GORO_@}"
mkdir -p "$scratch" && cd "$scratch" || exit 2
"$bin/goro-cc" -race -g "$here/threads.c" -o threads && "$bin/goro-cc" -race -g "$here/atomics.c" -o atomics || exit 1

checks=0 faults=0
check() { # KIND TOLD HEARD GORO-RACE'S WORDS...
    local kind=$1 told=$2 heard=$3
    shift 3
    checks=$((checks + 1))
    "$bin/goro-race" --stable --html page.html "$@" >output 2>&1
    python3 "$here/check.py" page.html "$kind" "$told" "$heard" && return
    faults=$((faults + 1))
    echo "the timeline of goro-race $* lacks '$told', heard by '$heard'"
    cat output
}
check thread 'post POSIX semaphore ready' 'pass POSIX semaphore ready' ./threads
check goroutine 'atomic store to ready' 'atomic load of ready' --seed 1 ./atomics
check goroutine 'atomic store to ready' 'atomic load of ready' --seed 2 ./atomics
check goroutine 'atomic store to ready' 'atomic load of ready' --seed 3 --explore 5 ./atomics
echo "$checks checks, $faults failed"
[ "$faults" = 0 ]
