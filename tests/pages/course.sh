#!/bin/bash
# course.sh BIN CHAPTER…: every finding that this version makes is in the course, with a report of that code and a repaired program
# that has none. (check.sh sees to it that what stands there is what comes; --update must not make a wrong page right.)
set -uo pipefail
bin=$1
shift
faults=0
count=0
for code in $("$bin/goro-race" explain | grep -o '^  G[A-Z][0-9]*'); do
    count=$((count + 1))
    low=${code,,}
    section=$(cat "$@" | sed -n "/^## $code: /,/^## /p")
    for part in "<!-- file: $low.c -->" "<!-- file: ${low}_fixed.c -->" '**Repair.**' '**Why this orders it.**'; do
        grep -qF -- "$part" <<<"$section" || { echo "$code: there is no '$part'"; faults=$((faults + 1)); }
    done
    grep -Eq "^$code [a-zA-Z(].*$low\.c:[0-9]+$" <<<"$section" || { echo "$code: no report of its program"; faults=$((faults + 1)); }
    grep -A 1 "^\\$ goro-race .*${low}_fixed.c; echo" <<<"$section" | tail -1 | grep -qx 0 ||
        { echo "$code: the repaired program is not in order"; faults=$((faults + 1)); }
done
echo "$count codes, $faults faults"
[ "$faults" = 0 ] && [ "$count" -ge 19 ]
