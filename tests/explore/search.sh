#!/bin/bash
# search.sh BIN SOURCE: --strategy dfs runs all schedules of a small program and says how many there are. The numbers are
# compared with those that combinatorics gives (without a bound: of classes of schedules that differ in the order of
# independent steps), or that a model counts (with a bound).
set -uo pipefail
source "$2/tests/explore/common.sh"

# says TEXT OPTION… : in what a search with these options, or of this program, says.
says() {
    local text=$1 output
    shift
    checks=$((checks + 1))
    output=$(timeout 300 "$race" --explore 100000 "$@" 2>&1 </dev/null)
    [[ $output == *"$text"* ]] || fault "$*: expected \"$text\", came:" "$output"
}
build() { "$bin/goro-cc" "${@:3}" -g "$1" -o "$2" || exit 1; }
build "$here/search/shapes.c" shapes -race
build "$here/search/model.c" model
dfs=(--strategy dfs ./shapes)

# n goroutines with k operations on one word: (nk)! / (k!)^n orders.
says 'the only schedule is free' "${dfs[@]}" one_word 1 3
says 'all 2 schedules are free' "${dfs[@]}" one_word 2 1
says 'all 6 schedules are free' "${dfs[@]}" one_word 2 2
says 'all 20 schedules are free' "${dfs[@]}" one_word 2 3
says 'all 24 schedules are free' "${dfs[@]}" one_word 4 1
says 'all 90 schedules are free' "${dfs[@]}" one_word 3 2
# On words of their own: one, whatever the order.
says 'the only schedule is free' "${dfs[@]}" own_word 4 3
# Each one word and then another: the orders at the two are independent: (n!)^2.
says 'all 4 schedules are free' "${dfs[@]}" two_words 2
says 'all 36 schedules are free' "${dfs[@]}" two_words 3
# n loads and a store: each load is before or after it: 2^n.
says 'all 8 schedules are free' "${dfs[@]}" loads 3
says 'all 32 schedules are free' "${dfs[@]}" loads 5
# Two goroutines and a mutex: who comes first, and does the other come before or after the unlock?
says 'all 4 schedules are free' "${dfs[@]}" mutex 2
# Three ready cases.
says 'all 3 schedules are free' "${dfs[@]}" select
# A plain variable, read and written by each: one after the other, or both read and one writes first.
says 'all schedules have been run: 4' "${dfs[@]}" plain 2

# With a bound: all of them, counted by the model.
for shape in '2 1 0' '2 1 1' '2 2 2' '3 1 1' '3 1 2' '2 3 3'; do
    set -- $shape
    says "all $(./model "$@") schedules with at most $3 preemption" --strategy "dfs:$3" ./shapes one_word "$1" "$2"
done

# Who waits by looking gives way in the end, and is said to have been made to unless it yields of its own will.
says 'schedules with at most 1 preemption are free' --strategy dfs:1 ./shapes yield
says 'there are more schedules' --explore 5 "${dfs[@]}" one_word 3 2
says 'not all schedules have been run' --timeout 200ms "${dfs[@]}" spin

# -- what a search finds ---------------------------------------------------------------------------------------------
for file in "$here"/kernels/*.c; do
    name=$(basename "$file" .c)
    code=$(sed -n 's,^// finds: ,,p' "$file")
    build "$file" "$name" -race
    if [ "$code" = none ]; then
        says 'schedules are free of findings' --strategy dfs "./$name"
        continue
    fi
    checks=$((checks + 1))
    timeout 300 "$race" --explore 100000 --strategy dfs --stable --json two.json "./$name" >two.out 2>&1
    timeout 300 "${one_cpu[@]}" "$race" --explore 100000 --strategy dfs --stable --json one.json "./$name" >one.out 2>&1
    grep -q 'all schedules have been run' two.out || fault "$name: not exhausted:" "$(cat two.out)"
    cmp -s one.json two.json || fault "$name: on one processor the search differs" "$(diff one.json two.json)"
    line=$(grep -m 1 "\"code\":\"$code\"" two.json) || { fault "$name: no $code"; continue; }
    id=$(grep -o '"id":"[a-z0-9]*' <<<"$line" | head -n 1 | cut -d'"' -f4)
    seed=$(grep -o '"seed":[0-9]*' <<<"$line" | head -n 1 | cut -d: -f2)
    "$race" --explore 1 --strategy dfs --seed "$seed" --json again.json "./$name" >/dev/null 2>&1
    grep -q "\"id\":\"$id\"" again.json || fault "$name: $id does not come again as schedule $seed"
    schedule=$(sed -n "s/^  Again: goro-race --replay \([^ ]*\) .*Id: $id\$/\1/p" two.out)
    "$race" --replay "$schedule" --json replayed.json "./$name" >/dev/null 2>&1
    grep -q "\"id\":\"$id\"" replayed.json || fault "$name: $id does not come again by its decisions, '$schedule'"
done

says 'wants the preemptions' --strategy dfs:x ./shapes select

conclude
