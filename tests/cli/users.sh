#!/bin/bash
# users.sh BIN SOURCE: findings on channels say who used the channel, and who was expected to end the wait; and no more than
# is known.
set -uo pipefail
bin=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$2/tests/cli/users.c" "$dir"
cd "$dir" || exit 2
unset GOMAXPROCS "${!GORO_@}"

faults=0
fault() {
    faults=$((faults + 1))
    echo "$how, $mode: $1:"
    cat output
}
run() { # MODE: the report in one line
    mode=$1
    "$bin/goro-race" --seed $((RANDOM % 100 + 1)) ./users "$mode" >output 2>&1
    text=$(tr -s '\n ' '  ' <output)
}
says() { [[ $text == *"$1"* ]] || fault "does not say: $1"; }
says_not() { [[ $text == *"$1"* ]] && fault "says: $1"; }

for compiler in gcc clang; do
    command -v $compiler >/dev/null || continue
    for level in -O0 -O2; do
        how="$compiler $level"
        GORO_CC=$compiler "$bin/goro-cc" -race -g $level users.c -o users || exit 1

        run one
        says 'is the only one that ever sent on the channel c (3 times) and has ended without closing it.'
        says 'SENT on the channel c by goroutine 2 (send_some, ended), 3 times, at users.c:8'
        says 'chan_close the channel c behind its last send in send_some (users.c:8).'
        run two
        says 'All 2 goroutines that ever sent on the channel c have ended without closing it.'
        says 'chan_close the channel c when the last of those who send is done'
        run many
        says_not 'goroutines that ever sent'
        says_not 'is the only one'
        says 'more operations'
        run closed
        says 'GC001'
        says 'CLOSED the channel c by goroutine 22 (close_it, ended)'
        says 'Goroutine 22 (close_it), which has ended, closed it before in close_it (users.c:34).'
        run closed_twice
        says 'GC002'
        says 'Goroutine 1 (main) closed it itself before in close_it (users.c:34).'
        run nobody
        says 'Nobody has ever sent on the channel c or closed it.'
        run consumer
        says 'is the only one that ever received from the channel c (2 times) and has ended.'
        says 'RECEIVED from the channel c by goroutine 2 (receive_some, ended), 2 times, at users.c:14'
        says 'SENT on the channel c by goroutine 1 (main), 2 times, at users.c:8; it waits at users.c:8'
        run places
        says 'is the only one that ever received from the channel to (1 time) and has ended.'
        says 'SENT on the channel to by goroutine 1 (main), 1 time, at users.c:24'
        run gives_up
        says 'GL001'
        says 'Goroutine 1 (main) is the only one that ever tried to receive from the channel c, in a select or a try, and has returned.'
        run blocked
        says 'is the only one that ever sent on the channel c (1 time) and waits itself at users.c:24.'
        says 'Nobody has ever received from the channel to.'
        run signal
        says_not 'Nobody has'
        says_not 'the only one'
        run context
        says_not 'Nobody has'
        says_not 'the only one'
        run none
        [ "$text" ] && fault 'says anything'
    done
done

[ $faults = 0 ] && echo 'all as expected'
