#!/bin/bash
# bench/run with a peer made here: its figures stand in the table beside ours, a peer that fails is told and not counted,
# and what cannot be measured is refused. No figure is judged.
# usage: bench_run.sh BUILD SOURCE
set -euo pipefail
build=$1 run=$2/bench/run
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$*" >&2
    cat "$work/out" "$work/err" >&2 || true
    exit 1
}
bench() { "$run" --build "$build" --rounds 2 --procs 1 --scale 1 --no-race "$@" >"$work/out" 2>"$work/err"; }

mkdir "$work/steady" "$work/broken"
printf '#!/bin/sh\necho "yield 1000"\n' >"$work/steady/yield"
printf '#!/bin/sh\necho "yield 1"\nexit 3\n' >"$work/broken/yield"
chmod +x "$work"/*/yield

bench --peer steady="$work/steady" --peer broken="$work/broken" --html "$work/page.html" --keep "$work/samples" yield || fail "bench/run failed"
grep -qE '^yield +1 .* 1000 ' "$work/out" || fail "the peer's figure is not in the table"
grep -q 'steady/goro' "$work/out" || fail "there is no ratio to the peer"
grep -q 'broken' "$work/out" && fail "a peer that fails is counted"
grep -q 'failed with status 3' "$work/err" || fail "a peer that fails is not told"
[ "$(grep -c '^plain steady 1 yield 1000$' "$work/samples")" = 2 ] || fail "--keep has not kept both rounds"
grep -q '<svg' "$work/page.html" && grep -q steady "$work/page.html" || fail "the page does not show the peer"
grep -qE 'https?://' "$work/page.html" && fail "the page wants the network"

bench nonsense && fail "an unknown work is accepted"
grep -q "no work 'nonsense'" "$work/err" || fail "an unknown work is not named"
bench --peer gone="$work/gone" yield && fail "a peer without a folder is accepted"
bench --go /bin/false yield && fail "a go that is none is accepted"
# Into a file: grep -q ends at the first line that matches, and a writer that is not done yet dies of SIGPIPE.
"$run" --list >"$work/out"
grep -q '^ping_pong 500000$' "$work/out" || fail "--list does not list the works"

# Verdicts: from figures that are known.
printf 'plain %s 1 ping_pong %s\n' goro 10 goro 12 go 70 go 90 go2 200 go2 220 >"$work/known"
awk -f "$2/bench/median.awk" -f "$2/bench/table.awk" "$2/bench/targets.txt" "$work/known" >"$work/out"
grep -qE '^ping_pong +1 +11.00 +80.00 +210.0 +7.27 +19.09 +18% +8 met$' "$work/out" || fail "medians, ratios, spread, verdict"
"$run" explore --rounds 1 --build "$build" >"$work/explore.txt" || fail "bench/run explore failed"
for line in 'an explored schedule' 'a plain fork and exit'; do
    grep -Eq "^$line +[1-9][0-9]*\.[0-9] us of CPU" "$work/explore.txt" || fail "bench/run explore has no figure for $line: $(cat "$work/explore.txt")"
done
