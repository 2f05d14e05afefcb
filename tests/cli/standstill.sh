#!/bin/bash
# standstill.sh BIN SOURCE: a program of threads that all wait for each other gets GD001, once; one whose threads sleep, read,
# wait for a signal or with a time limit, catch signals, or wait for another process, gets nothing.
set -uo pipefail
bin=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$2/tests/cli/standstill.c" "$dir"
cd "$dir" || exit 2
unset GOMAXPROCS "${!GORO_@}"

faults=0
fault() {
    faults=$((faults + 1))
    echo "$how, $mode: $1:"
    cat output
}
reports() { grep -cE '^GD00[12] ' output; }

# Until it is told, or has ended, a minute at most; then a little longer, and it is ended.
run() { # MODE
    mode=$1
    : >output # not the last one's
    "$bin/goro-race" --timeout 60s ./standstill "$mode" >output 2>&1 &
    local race=$! i
    for ((i = 0; i < 600; i++)); do
        kill -0 $race 2>/dev/null || break
        [ "$(reports)" != 0 ] && break
        [[ $mode == *_ok && $i -ge 20 ]] && break
        sleep 0.1
    done
    sleep 0.3
    kill $race 2>/dev/null
    wait $race 2>/dev/null
    text=$(tr -s '\n ' '  ' <output)
}
says() { [[ $text == *"$1"* ]] || fault "does not say: $1"; }

for compiler in gcc clang; do
    command -v $compiler >/dev/null || continue
    how=$compiler
    GORO_CC=$compiler "$bin/goro-cc" -race -g -O1 -pthread standstill.c -o standstill || exit 1
    for mode in cond lost_signal sem barrier join mutex rwlock; do
        run $mode
        [ "$(reports)" = 1 ] || fault "reports $(reports) deadlocks"
        [[ $text == *'deadlock: all threads are asleep'* ]] || fault 'does not say that all threads are asleep'
    done
    run cond
    says 'WAITS: the main thread, for the thread'
    says 'for the pthread condition variable changed'
    says 'waits_cond'
    run mutex
    says 'for the pthread mutex mu'
    run sem
    says 'and 2 like it, for the POSIX semaphore sem'
    run barrier
    says 'for the pthread barrier barrier'
    for mode in barrier_ok cond_ok sleep_ok read_ok sigwait_ok timed_ok handler_ok shared_ok; do
        run $mode
        [ "$(reports)" = 0 ] || fault 'reports a deadlock'
    done
done

[ $faults = 0 ] && echo 'all as expected'
