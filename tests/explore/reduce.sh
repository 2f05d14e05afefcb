#!/bin/bash
# reduce.sh BIN SOURCE: a schedule that shows a finding is reduced to decisions of which none can be spared, the command that is
# printed brings the finding back, and its story is told in every format.
set -uo pipefail
source "$2/tests/explore/common.sh"

build() { "$bin/goro-cc" -race -g "$1" -o "$2" || exit 1; }
# field JSON NAME: a finding's own, a word or a number
field() { python3 -c 'import json,sys; print(json.loads(sys.argv[1]).get(sys.argv[2], ""))' "$1" "$2"; }
shows() { # SCHEDULE PROGRAM ID
    "$race" --replay "$1" --json replayed.json "$2" >replayed.out 2>&1
    grep -q "\"id\":\"$3\"" replayed.json
}

# A deadlock that needs one preemption, between much that has nothing to do with it; its twin has one order of locks.
cat >busy.c <<'TEXT'
#include <goro.h>
static goro_mutex a, b;
static int shared;
static chan(int) results;
static void forward(goro_wg *wg) {
    goro_mutex_lock(&a);
    goro_mutex_lock(&b);
    shared++;
    goro_mutex_unlock(&b);
    goro_mutex_unlock(&a);
    goro_wg_done(wg);
}
static void backward(goro_wg *wg) {
    goro_mutex_lock(&b);
    goro_mutex_lock(&a);
    shared++;
    goro_mutex_unlock(&a);
    goro_mutex_unlock(&b);
    goro_wg_done(wg);
}
static void work(int n, goro_wg *wg) {
    for (int i = 0; i < n; i++) chan_send(results, i);
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    results = chan_make(int, 1);
    goro_wg_add(&wg, 4);
    go(work, 5, &wg);
    go(work, 5, &wg);
    go(forward, &wg);
    go(backward, &wg);
    for (int i = 0; i < 10; i++) (void)chan_recv(results);
    goro_wg_wait(&wg);
    chan_free(results);
    return 0;
}
TEXT
build busy.c busy
sed '/static void backward/,/^}/ { s/lock(&b)/lock(\&x)/; s/lock(&a)/lock(\&b)/; s/lock(&x)/lock(\&a)/ }' busy.c >ordered.c
build ordered.c ordered

# -- each kernel's finding, and this one's -----------------------------------------------------------------------------
check_reduced() { # PROGRAM CODE MOST
    local line id replay schedule decisions before rest i
    checks=$((checks + 1))
    "$race" --explore 1000 --seed 1 --json found.json "./$1" >found.out 2>&1
    line=$(grep "\"code\":\"$2\"" found.json | grep -v '"predicted":true' | head -n 1)
    [ -n "$line" ] || { fault "$1: no $2"; return; }
    id=$(field "$line" id) replay=$(field "$line" replay) decisions=$(field "$line" decisions) before=$(field "$line" decisions_before)
    [ -n "$replay" ] || { fault "$1: the schedule of $id was not reduced"; return; }
    [ "$decisions" -le "$3" ] && [ "$decisions" -le "$before" ] ||
        fault "$1: $decisions decisions, of $before, where $3 are enough"
    [[ $(<found.out) == *"Again: $replay"* ]] || fault "$1: the text has no 'Again: $replay'"
    [[ $(field "$line" story) == *text* ]] || fault "$1: no story"
    read -r _ _ schedule _ <<<"$replay"
    shows "$schedule" "./$1" "$id" || fault "$1: $schedule does not bring $id back" "$(<replayed.out)"
    # one decision less, and it is gone
    IFS=, read -ra rest <<<"${schedule#*:}"
    for ((i = 0; decisions > 0 && i < ${#rest[@]}; i++)); do
        local -a less=("${rest[@]:0:i}" "${rest[@]:i+1}")
        local text=${schedule%%:*}
        [ ${#less[@]} = 0 ] || text+=:$(IFS=,; echo "${less[*]}")
        shows "$text" "./$1" "$id" && fault "$1: $schedule shows $id without ${rest[i]}, too"
    done
}
for file in "$kernels"/*.c; do
    name=$(basename "$file" .c)
    code=$(sed -n 's,^// finds: ,,p' "$file")
    [ "$code" = none ] && continue
    build "$file" "$name"
    check_reduced "$name" "$code" 4
done
check_reduced busy GD002 4
check 'its twin' 0 '300 schedules' "$race" --explore 300 --seed 1 ./ordered

# -- the story in every format --------------------------------------------------------------------------------------------
checks=$((checks + 1))
"$race" --explore 1000 --seed 1 --json story.json --html story.html ./busy >story.out 2>&1
for words in 'How it comes about, with' 'forward locks the mutex a (busy.c:6)' 'backward locks the mutex b (busy.c:14)' \
    'forward waits for the mutex b' 'is put aside'; do
    [[ $(<story.out) == *"$words"* ]] || fault "the text has no '$words'" "$(<story.out)"
done
[[ $(<story.json) == *'"story":[{"step":1,'* ]] || fault 'no story in the JSON'
[[ $(<story.html) == *'"story":[{"step":1,'* && $(<story.html) == *storyNode* ]] || fault 'no story in the HTML page'
check 'merging keeps it' 66 'forward locks the mutex a' "$race" merge story.json

# -- schedules that cannot be followed ----------------------------------------------------------------------------------------
check 'a place that never comes' 125 'diverged at decision 1 of 1: goroutine 1 was, 999999 reads after its start' \
    "$race" --replay @1:1p999999-2 ./ordered
# where main has operations the build decides
checks=$((checks + 1))
for ((at = 10; at < 80; at++)); do
    "$race" --replay "@1:1p$at-77" ./ordered >replayed.out 2>&1
    [[ $? = 125 && $(<replayed.out) == *'could not be chosen'* ]] && break
done
[ "$at" -lt 80 ] || fault 'a goroutine that there is not was chosen'
for text in @ @x @1: @1:1 @1:1p @1:1p3 @1:1p3- @1:1q3-4 @1:1p3-4, @1:1p3-4x @99999999999999999999 @1:1p4294967296-1; do
    check "no schedule: $text" 125 'is no schedule' "$race" --replay "$text" ./ordered
done
check '--replay and --seed' 125 'has its schedule' "$race" --replay @1 --seed 1 ./ordered

conclude
