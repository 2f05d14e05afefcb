#!/bin/bash
# forever.sh BIN SOURCE: a goroutine that was called blocked for ever goes on: the finding is withdrawn. And what main leaves
# behind is told apart: blocked for ever, or not.
set -uo pipefail
bin=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$2/tests/cli/forever.c" "$dir"
cd "$dir" || exit 2
unset GOMAXPROCS "${!GORO_@}"
"$bin/goro-cc" -race -g forever.c -o forever || exit 1

faults=0
fault() {
    faults=$((faults + 1))
    echo "$1:"
    cat output
}

status=0
"$bin/goro-race" --json findings ./forever wakes >output 2>&1 || status=$?
[ $status = 0 ] || fault "a withdrawn finding counts for the exit status ($status)"
grep -q '^GD003 ' output || fault 'no GD003 while the goroutine waits'
grep -q '(GD003) is withdrawn' output || fault 'it is not withdrawn when the goroutine goes on'
grep -q '^received$' output || fault 'the program did not do what it does'
[ "$(grep -c '"withdrawn":true' findings)" = 1 ] || fault 'no line of JSON that it is withdrawn'

"$bin/goro-race" ./forever >output 2>&1
[ "$(grep -c '^GL001 ' output)" = 2 ] || fault 'not two leaks'
grep -q '(waits_alone), for the channel.*, blocked for ever' output || fault 'what nobody knows is not told apart'
grep -q 'more time would not have helped' output || fault 'it is not said what that means'
grep -q '(waits_for_kept), .*blocked for ever' output && fault 'a channel in a variable could be reached'

[ $faults = 0 ] && echo 'all as expected'
