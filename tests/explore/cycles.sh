#!/bin/bash
# cycles.sh BIN SOURCE: a predicted cycle of locks is driven to. What could be is called confirmed, and its command runs into the
# deadlock; what could not stays predicted.
set -uo pipefail
source "$2/tests/explore/common.sh"

for file in "$here"/cycles/*.c; do
    name=$(basename "$file" .c)
    wanted=$(sed -n 's,^// cycle: ,,p' "$file")
    checks=$((checks + 1))
    "$bin/goro-cc" -race -g "$file" -o "$name" || exit 1
    status=0
    timeout 120 "$race" --explore 1 --seed 3 --stable --json "$name.json" "./$name" >"$name.out" 2>&1 </dev/null || status=$?
    expected=0
    [ "$wanted" = confirmed ] && expected=66
    [ "$status" = $expected ] || fault "$name: status $status, not $expected, and:" "$(cat "$name.out")"
    if [ "$wanted" = none ]; then
        [ -s "$name.json" ] && fault "$name: has findings:" "$(cat "$name.out")"
        continue
    fi
    grep -q "^GD004 ($wanted) lock-order inversion" "$name.out" || fault "$name: no cycle that is $wanted:" "$(cat "$name.out")"
    grep -q "\"code\":\"GD004\".*\"$wanted\":true" "$name.json" || fault "$name: not $wanted in JSON"
    [ "$wanted" = confirmed ] || continue
    schedule=$(sed -n '/^GD004/,/Id:/s/^  Again: goro-race --replay \([^ ]*\) .*/\1/p' "$name.out")
    timeout 120 "$race" --replay "$schedule" --json again.json "./$name" >again.out 2>&1 </dev/null
    grep -q '"code":"GD00[12]"' again.json || fault "$name: '$schedule' does not run into the deadlock:" "$(cat again.out)"
done
conclude
