#!/bin/bash
# check.sh BIN SOURCE: the bugs of table.txt, each as it is and mended.
#   As it is: explored until its line's number of schedules, it is found by one of its line's codes, as an error; and no schedule in
#   which a goroutine is stuck goes by without an error. Mended: every goroutine ends, and nothing is reported as an error.
# check.sh BIN SOURCE --measure [NAME…]: prints the table of README.md instead, which takes long.
set -uo pipefail
source "$2/tests/explore/common.sh"
known=$2/tests/known
for file in "$known"/*.c; do "$bin/goro-cc" -race -g -O1 "$file" -o "$(basename "$file" .c)" || exit 1; done

# Codes of a JSON Lines file's findings, each with the smallest seed; predictions that stayed predictions have a question mark.
codes() {
    sed -n 's/.*"code":"\([A-Z0-9]*\)","severity":"\([a-z]*\)"\(,"\(predicted\)":true\)\{0,1\}.*"seed":\([0-9]*\).*/\1 \4 \5/p' "$1" |
        awk '{ q = $2 == "predicted" ? "?" : ""; s = $NF; k = $1 q; if (!(k in seen) || s < seen[k]) seen[k] = s }
             END { for (k in seen) print k, seen[k] }' | sort
}

is_one_of() { [[ " $2 " == *" $1 "* ]]; }

check_found() { # NAME PROGRAM SCHEDULES CODES
    local status=0 code seed named=no
    checks=$((checks + 1))
    timeout 120 "$race" --explore "$3" --seed 1 --json found.json "./$2" "$1" >out 2>&1 </dev/null || status=$?
    while read -r code seed; do
        [[ $code == *\? ]] || is_one_of "$code" "$4" || fault "$1: $code, in the schedule of seed $seed"
        is_one_of "$code" "$4" && named=yes
    done < <(codes found.json)
    [ "$4" = GX001 ] && [ "$status" = 9 ] && status=66 # it goes round for ever, and is not blocked: a note is all there is
    [ "$named" = yes ] && [ "$status" = 66 ] || fault "$1: not found, status $status:" "$(cat out)"
}

if [ "${3:-}" != --measure ]; then
    while read -r name program schedules wanted; do
        [[ $name == \#* ]] && continue
        check_found "$name" "$program" "$schedules" "$wanted"
        check "$name, mended" 0 '' "$race" --explore 3 --seed 1 "./$program" "$name" mended
    done <"$known/table.txt"
    conclude
    exit
fi

shift 3
while read -r name program schedules wanted; do
    [[ $name == \#* ]] && continue
    [ $# = 0 ] || is_one_of "$name" "$*" || continue
    shows=0 silent=0 runs=
    for seed in $(seq 20); do
        status=0
        "$race" --virtual-time --seed "$seed" --json run.json "./$program" "$name" >/dev/null 2>&1 </dev/null || status=$?
        [ $status = 66 ] && shows=$((shows + 1))
        [ $status = 9 ] && silent=$((silent + 1))
        runs="$runs $(codes run.json | cut -d' ' -f1 | tr '\n' ' ')"
    done
    "$race" --explore 300 --seed 1 --json found.json "./$program" "$name" >/dev/null 2>&1 </dev/null
    mended=0
    "$race" --explore 300 --seed 1 "./$program" "$name" mended >/dev/null 2>&1 </dev/null || mended=$?
    echo "$name|$shows|$silent|$(tr ' ' '\n' <<<"$runs" | sort -u | tr '\n' ' ')|$(codes found.json | tr '\n' ' ')|$mended"
done <"$known/table.txt"
