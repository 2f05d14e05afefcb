#!/bin/bash
# shard.sh BIN SOURCE: the parts of an exploration are, together, that exploration; and whoever is killed goes on.
set -uo pipefail
source "$2/tests/explore/common.sh"

ids() { grep -ho '"id":"[0-9a-f]*"' "$@" | sort -u; }

"$bin/goro-cc" -race -g "$kernels/plain_check.c" -o prog || exit 1
"$bin/goro-cc" -race -g "$kernels/plain_check_ok.c" -o clean || exit 1

# -- the parts are the whole -----------------------------------------------------------------------------------------
"$race" --explore 301 --seed 7 --json whole.jsonl ./prog >/dev/null 2>&1
for i in 1 2 3 4; do
    check "part $i" 66 '' "$race" --explore 301 --seed 7 --shard $i/4 --results part$i.jsonl ./prog
done
checks=$((checks + 1))
[ -n "$(ids whole.jsonl)" ] && [ "$(ids whole.jsonl)" = "$(ids part?.jsonl)" ] || fault 'the parts find something else than the whole' \
    "$(diff <(ids whole.jsonl) <(ids part?.jsonl))"
check 'merged' 66 '301 schedules in 4 parts' "$race" merge part?.jsonl
check 'a part is missing' 66 'part 2/4 of the exploration from seed 7 on is missing' "$race" merge part[134].jsonl
# The seeds of a part: what it names is its own, or the probe's, which is every part's first.
checks=$((checks + 1))
for i in 1 2 3 4; do
    for seed in $(grep -o '"seed":[0-9]*,"runs\|"seed":[0-9]*,"degraded\|"seed":[0-9]*,"command' part$i.jsonl | grep -o '[0-9]*'); do
        [ $(((seed - 7) % 4 + 1)) = $i ] || [ "$seed" = 7 ] || fault "part $i has seed $seed"
    done
done

# -- going on -----------------------------------------------------------------------------------------------------------
check 'done already' 66 'GC002' "$race" --explore 301 --seed 7 --shard 1/4 --results part1.jsonl ./prog
check 'nothing is run twice' 66 '0 schedules' "$race" --explore 301 --seed 7 --shard 1/4 --results part1.jsonl ./prog
check 'another seed' 125 'another seed' "$race" --explore 301 --seed 8 --shard 1/4 --results part1.jsonl ./prog
check 'another part' 125 'another seed, shard' "$race" --explore 301 --seed 7 --shard 2/4 --results part1.jsonl ./prog
check 'not a results file' 125 'no results file' "$race" --explore 301 --seed 7 --results whole.jsonl ./prog

# Killed in the middle, without a chance to say anything: again and again, until it is through. With one processor, as many of
# them would run the rest between two looks.
checks=$((checks + 1))
before=-1 turns=0
done_of() { sed -n '1s/.*"done": *\([0-9]*\).*/\1/p' "$1"; }
while :; do
    "${one_cpu[@]}" "$race" --explore 24000 --seed 3 --shard 2/2 --results killed.jsonl ./clean >/dev/null 2>&1 &
    pid=$!
    until now=$(done_of killed.jsonl 2>/dev/null) && [ "${now:-0}" -gt $((before + 300)) ] || ! kill -0 $pid 2>/dev/null; do
        sleep 0.02
    done
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    now=$(done_of killed.jsonl)
    turns=$((turns + 1))
    [ "$now" -gt "$before" ] || { fault "killed: no progress: $before, $now"; break; }
    before=$now
    [ "$turns" -lt 3 ] && [ "$now" -lt 12000 ] || break
done
check 'not whole, and so not passed' 125 'of 12000 schedules were run' "$race" merge killed.jsonl
check 'through' 0 'schedules' "$race" --explore 24000 --seed 3 --shard 2/2 --results killed.jsonl ./clean
[ "$(done_of killed.jsonl)" = 12000 ] || fault "killed: $(done_of killed.jsonl) of 12000 are done"
"$race" --explore 24000 --seed 3 --shard 1/2 --results other.jsonl ./clean >/dev/null 2>&1
check 'whole, and passed' 0 '24000 schedules in 2 parts' "$race" merge killed.jsonl other.jsonl

# A line that was being written when the writer was killed is cut off, and found again.
head -c -40 part3.jsonl >torn.jsonl
sed -i '1s/"done": *[0-9]*/"done":                   0/' torn.jsonl
check 'a torn line' 66 '75 schedules' "$race" --explore 301 --seed 7 --shard 3/4 --results torn.jsonl ./prog
checks=$((checks + 1))
[ "$(ids torn.jsonl)" = "$(ids part3.jsonl)" ] || fault 'a torn file is not healed' "$(cat torn.jsonl)"

# The file keeps the seed.
"$race" --explore 50 --results drawn.jsonl ./clean >/dev/null 2>&1
check 'a drawn seed' 0 'from seed' "$race" --explore 80 --results drawn.jsonl ./clean

# -- misuse --------------------------------------------------------------------------------------------------------------
check 'no such part' 125 'wants one of the parts' "$race" --explore 5 --seed 1 --shard 5/4 ./clean
check 'no part' 125 'wants one of the parts' "$race" --explore 5 --seed 1 --shard half ./clean
check 'no seed' 125 'needs --seed' "$race" --explore 5 --shard 1/4 ./clean
check 'no exploration' 125 'needs --explore' "$race" --shard 1/4 --seed 1 ./clean
check 'a search' 125 'cannot be divided' "$race" --explore 5 --seed 1 --shard 1/4 --strategy dfs ./clean
check 'a folder that is not there' 125 'cannot write' "$race" --explore 5 --results none/f ./clean

conclude
