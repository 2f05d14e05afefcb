#!/bin/bash
# trace.sh BIN SOURCE: traces of one program in the ways it can end, each checked by trace.py.
set -uo pipefail
bin=$(cd "$1" && pwd) source=$2
race=$bin/goro-race
command -v python3 >/dev/null || { echo 'skipped: there is no python3'; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
unset GOMAXPROCS "${!GORO_@}"
export LC_ALL=C.UTF-8
"$bin/goro-cc" -race -g "$source/tests/cli/trace.c" -o prog || exit 1

checks=0 faults=0
# each worker receives the close, too
whole=(20 'send to channel jobs' 23 'receive from channel jobs' 20 'lock mutex mu' 20 'unlock mutex mu' 1 'close channel jobs'
    3 'done WaitGroup' 1 'wait for WaitGroup' 3 go some running some runnable some 'blocked: channel jobs')
check() { # TITLE STATUS WORKERS EXPECTED…: the trace of the run that ended so
    local title=$1 status=$2 expected=$3
    shift 3
    checks=$((checks + 1))
    [[ "|$expected|" == *"|$status|"* ]] && python3 "$source/tests/cli/trace.py" trace.json "$@" && return
    faults=$((faults + 1))
    echo "$title: failed, status $status"
}
for seed in 1 2 3; do
    "$race" --seed $seed --trace trace.json ./prog >/dev/null 2>out
    check "seed $seed" $? 66 3 "${whole[@]}" "$(grep -c '^GR001' out)" GR001
done
"$race" --parallel --trace trace.json ./prog >/dev/null 2>&1
check '--parallel' $? '66|0' 3 "${whole[@]}"
"$race" --seed 1 --trace trace.json ./prog kill >/dev/null 2>&1
check 'a killed program' $? '66|137' 3 10 'send to channel jobs' 0 'close channel' 3 go some 'blocked: channel jobs'
"$race" --seed 1 --trace trace.json ./prog fork >/dev/null 2>&1
check 'two processes' $? 66 6 40 'send to channel jobs' 40 'lock mutex mu' 6 go
"$race" --seed 1 --timeout 1s --trace trace.json ./prog wait >/dev/null 2>&1
check 'a program that is ended' $? '66' 3 "${whole[@]}" 1 'blocked: sleep'
"$race" --trace trace.json true >/dev/null 2>&1
check 'a program that tells nothing' $? 0 0

# threads have tracks of their own, and arrows from an unlock to the next lock, and to a join
"$bin/goro-cc" -race -g "$source/tests/cli/trace_threads.c" -o threads -lpthread || exit 1
"$race" --trace trace.json ./threads >/dev/null 2>&1
check 'threads' $? 0 3 4 'start a thread' 0 'go' some 'lock pthread mutex mu' some 'unlock pthread mutex mu'
checks=$((checks + 1))
python3 -c 'import json
events = json.load(open("trace.json"))
tracks = {e["tid"]: e["args"]["name"] for e in events if e.get("name") == "thread_name"}
assert sorted(tracks.values()) == ["goroutine 1 (main)"] + ["thread %d (%s)" % (i + 2, "busy" if i else "waiter") for i in range(4)], tracks
told = [(tracks[e["tid"]], e["name"]) for e in events if e["ph"] == "f"]
assert any(name.endswith("(busy)") for name, _ in told) and told.count(("goroutine 1 (main)", "tells")) >= 4, told' ||
    { faults=$((faults + 1)); echo 'threads: tracks or arrows are missing'; }

# goro-race itself is killed, once all has been written: there is no closing bracket
"$race" --seed 1 --trace trace.json ./prog wait >/dev/null 2>&1 &
racer=$!
until grep -qs 'blocked: sleep' trace.json; do sleep 0.05; done # a poll, which ends by the test's own time limit
read -r child _ <"/proc/$racer/task/$racer/children"
kill -9 "$racer" "$child"
wait "$racer" 2>/dev/null
check 'a torn trace' 0 0 3 "${whole[@]}"

checks=$((checks + 1))
"$race" --trace /nonexistent/t.json ./prog >out 2>&1
[ $? = 125 ] && grep -q /nonexistent/t.json out || { faults=$((faults + 1)); echo 'a trace that cannot be written'; cat out; }
echo "$checks checks, $faults failed"
[ "$faults" = 0 ]
