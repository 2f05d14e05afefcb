#!/bin/bash
# kept.sh BIN SOURCE: a process that runs several schedules (instrument/keep.h) tells the same of each as one that runs no other,
# whatever the schedules before have left behind.
set -uo pipefail
source "$2/tests/explore/common.sh"

for fd in {3..20}; do eval "exec $fd>&-"; done # whoever runs this may have left some open: the program looks for the first free one

explored() { # KEEP NAME COMMAND…: in NAME.KEEP what it says, and its findings
    local keep=$1 name=$2
    shift 2
    GORO_RACE_OPTIONS=keep=$keep timeout 300 "$race" --stable --json "$name.json.$keep" --seed 1 "$@" >"$name.out.$keep" 2>&1 </dev/null
    echo "status $?" >>"$name.out.$keep"
}
same() { # NAME COMMAND…
    local name=$1
    checks=$((checks + 1))
    explored 0 "$@"
    explored 1 "$@"
    cmp -s "$name.out.0" "$name.out.1" && cmp -s "$name.json.0" "$name.json.1" ||
        fault "$name: differs where a process runs several:" "$(diff "$name.out.0" "$name.out.1")"
}

# -- what is left behind -----------------------------------------------------------------------------------------------
"$bin/goro-cc" -race -g "$here/kept/leaves.c" -o leaves -lm || exit 1
for way in variables memory file closed high handler blocked folder thread child protected at_exit; do
    same $way --explore 60 ./leaves $way
    grep -q '^status 0$' $way.out.1 || fault "$way: a schedule has found what another left:" "$(cat $way.out.1)"
done

# -- findings ----------------------------------------------------------------------------------------------------------
for file in "$kernels"/*.c; do
    name=$(basename "$file" .c)
    "$bin/goro-cc" -race -g "$file" -o "$name" || exit 1
    for strategy in mixed pos surw dfs:2; do
        same "$name.$strategy" --explore 150 --strategy $strategy "./$name"
    done
done

# With timers, descriptors, a look for who is blocked; and how it comes about, by schedules that are run again.
for program in timer/start_race context/deadline_race select/timeout_race deadlock/ab_ba leak/receiver_gave_up wg/done_missing_leak; do
    name=$(basename $program)
    "$bin/goro-cc" -race -g "$2/tests/programs/$program.c" -o "$name" || exit 1
    same "$name" --explore 60 "./$name"
done

# -- and it is one process ----------------------------------------------------------------------------------------------
machine() { # has it what that takes?
    local version major minor
    version=$(uname -r)
    IFS=.- read -r major minor _ <<<"$version"
    [ "$(uname -m)" = x86_64 ] && { [ "$major" -gt 6 ] || { [ "$major" = 6 ] && [ "$minor" -ge 7 ]; }; }
}
cat >short.c <<'TEXT'
#include <goro.h>
static int sum;
static void add(goro_wg *wg) { goro_wg_done(wg); }
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(add, &wg);
    go(add, &wg);
    goro_wg_wait(&wg);
    return sum;
}
TEXT
"$bin/goro-cc" -race -g short.c -o short || exit 1
faults_of() { # KEEP: page faults of 1,000 schedules
    GORO_RACE_OPTIONS=keep=$1 python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt)' "$race" --quiet --explore 1000 --seed 1 ./short
}
if machine; then
    checks=$((checks + 1))
    forked=$(faults_of 0) kept=$(faults_of 4)
    [ "$kept" -lt $((forked / 2)) ] || fault "each schedule has a process of its own: $kept page faults, $forked where none runs several"
fi
conclude
