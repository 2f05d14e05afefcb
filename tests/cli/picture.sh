#!/bin/bash
# picture.sh BIN SOURCE: what a program that hangs shows when its time is up, when it is told to end, and when it is asked.
set -uo pipefail
set -m # else programs in the background ignore SIGINT
bin=$1
source=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
unset GOMAXPROCS "${!GORO_@}"
cp "$source/tests/cli/picture.c" .
for compiler in gcc clang; do
    command -v $compiler >found || continue
    GORO_CC=$compiler "$bin/goro-cc" -race -g picture.c -o "$compiler" || exit 1
    program=./$compiler
done

checks=0
faults=0
# says TITLE TEXT…: the program's and goro-race's output has each text (`!text`: has it not).
says() {
    local title=$1 text wrong
    shift
    for text; do
        checks=$((checks + 1))
        wrong=no
        case $text in
        '!'*) grep -qF -- "${text#!}" output && wrong=yes ;;
        *) grep -qF -- "$text" output || wrong=yes ;;
        esac
        [ $wrong = no ] && continue
        faults=$((faults + 1))
        printf '%s: "%s" in:\n' "$title" "$text"
        cat output
    done
}
# ends TITLE STATUS
ends() {
    checks=$((checks + 1))
    [ "$status" = "$2" ] && return
    faults=$((faults + 1))
    echo "$1: expected status $2, came $status"
    cat output
}
# await TEXT: until the output has it.
await() {
    for _ in {1..600}; do
        grep -qF -- "$1" output && return
        sleep 0.05
    done
    echo "no '$1' came in:"
    cat output
}
# run SIGNAL COMMAND…: sends the signal when the program has said $sign.
sign=ready
run() {
    local signal=$1
    shift
    : >output
    timeout 60 "$@" >output 2>&1 </dev/null &
    local pid=$!
    await "$sign"
    kill "-$signal" "$(pgrep -P $pid)"
    status=0
    wait $pid || status=$?
}

goroutines=('goroutine 1 (main), for the WaitGroup wg' 'ADDED 4 times' 'and 1 like it, for the channel jobs'
    'the channel was made in goroutines, picture.c:' '(locker), for the mutex mu' 'HELD by goroutine 1 (main), the mutex mu'
    '"lonely one", for the channel c, blocked for ever' 'started in goroutines, picture.c:' 'chan_send(c, 1)' ', since ')
threads=('the main thread, for the thread t[0]' '(wait_for_change), for the pthread condition variable changed'
    '(lock_a), for the pthread mutex a' 'HELD by the main thread, the pthread mutex a' 'started in threads, picture.c:'
    'pthread_cond_wait(&changed, &b)' '3 of them wait')

for program in ./gcc ./clang; do
    [ -x $program ] || continue
    for signal in TERM INT; do
        run $signal "$bin/goro-race" $program ticker
        says "$program, ticker, SIG$signal" "at SIG$signal" "${goroutines[@]}" GD003
        ends "$program, ticker, SIG$signal" 66
        sign='Id: ' run $signal "$bin/goro-race" $program threads
        says "$program, threads, SIG$signal" "at SIG$signal" "${threads[@]}" GD001
        ends "$program, threads, SIG$signal" 66
    done
    for how in ticker threads alone; do
        status=0
        timeout 60 "$bin/goro-race" --timeout 1s $program $how >output 2>&1 || status=$?
        case $how in
        ticker) says "$program, $how, --timeout" 'at the end of its time' "${goroutines[@]}" ;;
        threads) says "$program, $how, --timeout" 'at the end of its time' "${threads[@]}" ;;
        alone) says "$program, $how, --timeout" 'at the end of its time' 'RUNS: goroutine 1 (main), in what is called here' 'ready(), spin()' ;;
        esac
        says "$program, $how, --timeout" 'was ended after 1s' '!at SIGTERM'
    done
done

# What has happened to be asked for once does not end the program, which can be asked again.
: >output
timeout 60 "$bin/goro-race" "$program" threads >output 2>&1 </dev/null &
pid=$!
await 'Id: ' # of the finding, which comes at a time of its own
inner=$(pgrep -P $pid)
kill -USR1 "$inner"
await '3 of them wait'
says 'SIGUSR1' 'at SIGUSR1' "${threads[@]}"
: >output
kill -USR1 "$inner"
await '3 of them wait'
kill -TERM "$inner"
status=0
wait $pid || status=$?
says 'SIGUSR1 twice' 'at SIGUSR1' 'at SIGTERM'
ends 'SIGUSR1 twice' 66

# A program that takes the signal itself gets it, and no picture is made.
for how in own_handler own_wait own_notify; do
    run USR1 "$bin/goro-race" "$program" $how
    says "$how" 'mine came' '!of them wait'
    ends "$how" 0
done

# Ignored: it stays so. And with no goro-race around it, the program's own reporter shows the picture.
: >output
(trap '' USR1; exec timeout 60 "$bin/goro-race" "$program" threads) >output 2>&1 </dev/null &
pid=$!
await ready
inner=$(pgrep -P $pid)
kill -USR1 "$inner"
kill -TERM "$inner"
wait $pid
says 'an ignored SIGUSR1' '!at SIGUSR1' 'at SIGTERM'
PATH=$bin:$PATH run TERM "$program" threads
says 'without goro-race' 'at SIGTERM' "${threads[@]}"

echo "$checks checks, $faults faults"
[ $faults = 0 ] && [ $checks -gt 0 ]
