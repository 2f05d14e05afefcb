#!/bin/bash
# bench.sh BIN SOURCE: goro-race bench from outside, with programs whose figures are what they say (--metric): no times.
set -uo pipefail
race=$1/goro-race
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
unset GOMAXPROCS COLUMNS "${!GORO_@}"
export LC_ALL=C.UTF-8

faults=0
# check TITLE STATUS TEXT COMMAND…: it ends with the status, and its output, standard error included, has the text.
check() {
    local title=$1 expected=$2 text=$3 output status=0
    shift 3
    output=$(timeout 60 "$@" 2>&1 </dev/null) || status=$?
    [ "$status" = "$expected" ] && [[ $output == *"$text"* ]] && return
    faults=$((faults + 1))
    printf '%s: expected status %s and "%s", came status %s and:\n%s\n' "$title" "$expected" "$text" "$status" "$output"
}

cat >score <<'TEXT'
#!/bin/sh
echo "score $((100 / ${1:-1} + ${1:-1} * 3 + ${GOMAXPROCS:-0}))"
TEXT
printf '#!/bin/sh\n[ "$1" != 3 ] || { echo "three is too many" >&2; exit 4; }\necho score 1\n' >three
printf '#!/bin/sh\nexec sleep 100\n' >hang
chmod +x score three hang
printf '#include <stdio.h>\nint main(int n, char **v) { printf("score %%d of %%s\\n", n, v[1]); return 0; }\n' >prog.c
bench=("$race" bench --metric score --runs 3)

check 'an argument' 0 'Take workers=6: clearly better than workers=5' "${bench[@]}" --sweep workers=1..8 ./score '{workers}'
check 'higher is better' 0 'Take workers=1: clearly better' "${bench[@]}" --higher --sweep workers=1,2,4 ./score '{workers}'
check 'the environment' 0 'Take GOMAXPROCS=1: clearly better than GOMAXPROCS=5' "${bench[@]}" --sweep GOMAXPROCS=1,5 ./score
check 'GOMAXPROCS without being asked' 0 'GOMAXPROCS' "${bench[@]}" ./score
check 'two sweeps' 0 'Take workers=6 GOMAXPROCS=1: clearly better' "${bench[@]}" --sweep workers=2,6 --env GOMAXPROCS=1,9 ./score '{workers}'
check 'equal values' 0 'All values are equally good' "${bench[@]}" --sweep n=1,2 ./three '{n}'
check 'a failing run' 1 'Failed: n=3, 1 of 1 runs: exit status 4; it said: three is too many' "${bench[@]}" --sweep n=1..3 ./three '{n}'
check 'no end' 1 'no end within --timeout' "$race" bench --runs 1 --timeout 100ms --sweep n=1 ./hang '{n}'
check 'no metric' 1 "no line that starts with 'nothing'" "$race" bench --metric nothing --runs 1 --sweep n=1 ./score '{n}'
check 'a C file' 0 'n=7' "${bench[@]}" --sweep n=7,8 prog.c -- '{n}'
check 'a misspelt placeholder' 125 '{worker} in the arguments is filled by no --sweep' "${bench[@]}" --sweep workers=1,2 ./score '{worker}'
check 'a bad range' 125 'is empty: 5 is more than 1' "${bench[@]}" --sweep n=5..1 ./score '{n}'
check 'three sweeps' 125 'at most 2 things' "${bench[@]}" --sweep a=1 --sweep b=1 --sweep c=1 ./score
check 'a misspelt option' 125 '--sweep' "$race" bench --sweeep n=1 ./score
check 'options before the word' 125 'go behind the word bench' "$race" --quiet bench ./score
check 'no program' 125 'usage: goro-race bench' "$race" bench
check 'no such program' 127 'nowhere' "$race" bench ./nowhere
check 'a folder' 126 '' "$race" bench "$dir"
check 'help' 0 'Which number of workers' "$race" bench --help
check 'a file that cannot be written' 125 'cannot be written' "${bench[@]}" --sweep n=1 --csv /nowhere/x ./score '{n}'

"${bench[@]}" --quiet --sweep n=1,2 --csv out.csv --json out.json --html out.html ./score '{n}' >words || faults=$((faults + 1))
[ "$(wc -l <words)" = 1 ] && [ "$(wc -l <out.csv)" = 7 ] && grep -q '"take"' out.json && grep -q '</html>' out.html ||
    { faults=$((faults + 1)); echo 'files or --quiet are wrong:'; head words out.csv; }

# The end in the middle (by SIGTERM: a shell in the background ignores SIGINT): the second value waits until it comes.
mkfifo begun
printf '#!/bin/sh\n[ "$1" = 1 ] && { echo score 5; exit; }\n[ -e second ] && { echo go >begun; exec sleep 100; }\n: >second; echo score 6\n' >wait
chmod +x wait
setsid "${bench[@]}" --sweep n=1,2 ./wait '{n}' >interrupted 2>&1 &
read -r _ <begun
kill -TERM $!
status=0
wait $! || status=$?
[ "$status" = 143 ] && grep -q 'Interrupted: this is what there was so far' interrupted && grep -q 'not run' interrupted ||
    { faults=$((faults + 1)); echo "interrupted: status $status"; cat interrupted; }

[ "$faults" = 0 ] && echo 'all as expected'
exit $((faults > 0))
