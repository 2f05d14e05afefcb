#!/bin/bash
# blocked.sh BIN SOURCE: goroutines that block in calls of the kernel's do not keep the others from running, whatever the schedule:
# each of these programs has schedules in which one waits in such a call for what another has yet to do.
set -uo pipefail
source "$2/tests/explore/common.sh"

for file in "$here"/blocked/*.c; do
    name=$(basename "$file" .c)
    "$bin/goro-cc" -race -g "$file" -o "$name" || exit 1
    check "$name" 0 "20 schedules" "$race" --explore 20 --seed 1 "./$name"
    check "$name, by pct" 0 "20 schedules" "$race" --explore 20 --seed 1 --strategy pct "./$name"
done
conclude
