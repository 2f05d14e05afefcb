#!/bin/bash
# correct.sh SCHEDULES BIN SOURCE [PATTERN]: correct programs stay without findings whatever the schedule: each test program and
# example that expects none is explored. Left out are those that name what a seed does not decide, have threads of their own,
# need options, or are about a scale that makes a schedule long.
set -uo pipefail
schedules=$1 bin=$(cd "$2" && pwd) source=$(cd "$3" && pwd) pattern=${4:-}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
unset GOMAXPROCS "${!GORO_@}"
export LC_ALL=C.UTF-8
faults=0 count=0
while IFS= read -r file; do
    grep -qE '^// *expect: *none' "$file" || continue
    grep -qE '^// *(unseeded|allow|options|mode|args|env|stdin|sources|exit|race-exit|libs|cflags|pending|sometimes):|pthread_create|thrd_create|thread_stage.h' \
        "$file" && continue
    name=$(basename "$file" .c)
    "$bin/goro-cc" -race -g "$file" -o "$name" >build.log 2>&1 || { cat build.log; faults=$((faults + 1)); continue; }
    output=$(timeout 600 "$bin/goro-race" --explore "$schedules" --seed 1 --timeout 60s "./$name" 2>&1 </dev/null)
    status=$?
    count=$((count + 1))
    rm -f "$name"
    [ "$status" = 0 ] && continue
    faults=$((faults + 1))
    printf '%s: status %s and:\n%s\n' "$file" "$status" "$output"
done < <(find "$source/examples" "$source/tests/programs" -name '*.c' -path "*$pattern*" -not -path '*/scale/*' | sort)
echo "$count correct programs, $schedules schedules each: $faults with findings"
[ "$faults" = 0 ] && [ "$count" -gt 0 ]
