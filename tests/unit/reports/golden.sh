#!/bin/bash
# golden.sh RACE ROOT [--update]: whole reports in their stable form.
. "$(dirname "$0")/common.sh"
support || exit 1
build fixture gcc -g -O0 || exit 1
report() { "$race" --stable --seed 17 ./fixture "$@" 2>&1; }

for mode in race locked field heap warning predicted two-locks read-locks read-and-write-lock heap-lock atomic \
    parent-later parent-earlier heard stack address-later address-earlier free-later free-earlier free-own; do
    if [ "${3-}" = --update ]; then
        report $mode >"$here/golden/$mode.txt"
    else
        same "golden/$mode.txt" "$(cat "$here/golden/$mode.txt")" "$(report $mode)"
    fi
    [ "$(report $mode | wc -l)" -le 33 ] || same "$mode: lines" 'at most 30 and the summary' "$(report $mode | wc -l)"
done
same 'the same twice' "$(report locked)" "$(report locked)"
lacks 'no addresses' '0x[0-9a-f]{4}' "$(report locked --verbose)"

# the id: the same when lines are added elsewhere, another for another place
id() { "$race" --json - ./fixture "$1" 2>/dev/null | grep -o '"id":"[0-9a-f]*"'; }
before=$(id race)
sed -i '1i // one line\n// and another' fixture.c
build fixture gcc -g -O2 || exit 1
same 'the id survives added lines and -O2' "$before" "$(id race)"
sed -i 's/^    bump(&counter);/    n++;\n    bump(\&counter);/' fixture.c
build fixture gcc -g -O0 || exit 1
[ "$before" != "$(id race)" ] || same 'the id of another place' 'another id' "$before"
finish
