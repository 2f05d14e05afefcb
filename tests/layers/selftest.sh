#!/bin/bash
# selftest.sh CHECK COMPILER: one forbidden include at a time, in a small tree; the check must name each of them.
set -uo pipefail
check=$1
compiler=$2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{runtime/base,detector,instrument,reports}
headers="runtime/base/base.h runtime/hooks.h runtime/running.h runtime/sched.h detector/detector.h detector/clock.h
    detector/wire.h instrument/tsan.h reports/model.h"
for header in $headers; do : >"$root/$header"; done
echo '#include "detector/clock.h"' >"$root/detector/access.h" # a facade may show what is behind it to nobody else

faults=0
try() { # file, header, verdict: good or bad
    local output verdict=good
    echo "#include \"$2\"" >"$root/$1"
    output=$("$check" "$root" "$compiler") || verdict=bad
    if [ "$verdict" != "$3" ]; then
        echo "$1 including $2 was found $verdict, not $3: $output"
        faults=$((faults + 1))
    elif [ "$verdict" = bad ] && [[ $output != *"$1: may not include $2"* ]]; then
        echo "$1 including $2: the message does not name the file: $output"
        faults=$((faults + 1))
    fi
    rm "$root/$1"
}

try runtime/base/fmt.c runtime/base/base.h good
try runtime/base/fmt.c runtime/sched.h bad
try runtime/chan.c runtime/hooks.h good
try runtime/chan.c detector/detector.h bad
try runtime/chan.c instrument/tsan.h bad
try detector/clock.c runtime/base/base.h good
try detector/clock.c runtime/running.h bad
try detector/clock.c reports/model.h bad
try instrument/tsan.c detector/detector.h good
try instrument/tsan.c runtime/running.h good
try instrument/tsan.c runtime/sched.h bad
try instrument/tsan.c detector/clock.h bad
try instrument/tsan.c detector/access.h good
try instrument/own.h detector/clock.h bad
try reports/main.c detector/wire.h good
try reports/main.c detector/detector.h bad
try reports/main.c runtime/base/base.h bad
[ "$faults" = 0 ] && echo 'every forbidden include was found'
