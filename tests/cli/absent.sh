#!/bin/bash
# absent.sh BIN SOURCE: findings on WaitGroups say who was expected to call Done, why, and what has become of him; and name
# nobody who has called it, or had no way to the WaitGroup.
set -uo pipefail
bin=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$2/tests/cli/absent.c" "$dir" && mkdir "$dir/programs" && cp "$2/tests/programs/told.h" "$dir/programs"
cd "$dir" || exit 2
unset GOMAXPROCS "${!GORO_@}"

faults=0
fault() {
    faults=$((faults + 1))
    echo "$how, $mode: $1:"
    cat output
}
run() { # MODE [OPTION]: the report in one line
    mode=$1
    "$bin/goro-race" --seed $((RANDOM % 100 + 1)) --json json ${2-} ./absent "$mode" >output 2>&1
    text=$(tr -s '\n ' '  ' <output)
}
says() { [[ $text == *"$1"* ]] || fault "does not say: $1"; }
says_not() { [[ $text == *"$1"* ]] && fault "says: $1"; }

for compiler in gcc clang; do
    command -v $compiler >/dev/null || continue
    for level in -O0 -O2; do
        how="$compiler $level"
        GORO_CC=$compiler "$bin/goro-cc" -race -g $level -I. absent.c -o absent || exit 1

        run early
        says 'NOT DONE by goroutine 4 (returns_early, ended), of 4 that were started there'
        says 'Goroutine 4 (returns_early) was started in early (absent.c:103) after the first goro_wg_add and has ended without calling goro_wg_done; the 3 others that were started there have called it.'
        says 'call goro_wg_done on every way out of returns_early'
        grep -q '"role":"undone","goroutine":4,"kind":"WaitGroup",.*"count":1,"clue":"alike","started":4,"called":3' json || fault 'no such JSON'
        run alone
        says 'Goroutine 2 (returns_early) was given the WaitGroup wg when it was started in alone (absent.c:108) and has ended without calling goro_wg_done.'
        run too_many
        says 'DONE by all 4 that were started in too_many (absent.c:113)'
        says 'All 4 goroutines that were started in too_many (absent.c:113) have called goro_wg_done.'
        says 'add exactly one for each goroutine'
        says_not 'NOT DONE'
        run beside
        says 'The goroutine that was started in beside (absent.c:120) has called goro_wg_done.'
        says_not 'NOT DONE'
        run everybodys
        says 'Goroutine 3 (returns) was started in everybodys (absent.c:127) after the first goro_wg_add and has ended without calling goro_wg_done.'
        says_not 'NOT DONE by goroutine 2'
        run blocked
        says 'Goroutine 2 (waits_before) was given the WaitGroup wg when it was started in blocked (absent.c:133), and waits at absent.c:20, without calling goro_wg_done.'
        says_not 'NOT DONE by goroutine 3'
        run inside
        says 'Goroutine 3 (adds_inside) and 1 like it added to the WaitGroup global themselves and have ended without as many calls of goro_wg_done.'
        run job
        says 'Goroutine 2 (works) was given the WaitGroup wg'
        run batch
        says 'Goroutine 2 (works_for) was given the WaitGroup b->wg'
        run pool
        says 'Goroutine 2 (pool_worker) called goro_wg_done before this round of the WaitGroup global and has ended without calling it again.'
        says_not 'NOT DONE by goroutine 3'
        run nested
        says 'Goroutine 5 (returns_early) was started in starts (absent.c:68)'
        says_not 'NOT DONE by goroutine 2'
        run rounds
        says 'Goroutine 1002 (returns_early) was given the WaitGroup wg'
        says_not 'like it'
        run counted
        says 'NOT DONE by goroutine 2 (waits_on)'
        run thread
        [ "$text" ] && fault 'says anything'
        run leaks
        says 'GL001'
        says 'Goroutine 3 (returns) was started'
        for _ in 1 2 3; do # a look that takes too long is given up
            run live
            [[ $text == *GD003* ]] && break
        done
        says 'GD003'
        says 'Behind that waits goroutine 3, for wg.'
        run none
        [ "$text" ] && fault 'says anything'
    done
done

[ $faults = 0 ] && echo 'all as expected'
