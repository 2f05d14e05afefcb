#!/bin/bash
# closes.sh BIN SOURCE: a send that a close may overtake is driven to the panic. What could be is called confirmed, and its command
# panics; what could not stays predicted.
set -uo pipefail
source "$2/tests/explore/common.sh"

for file in "$here"/closes/*.c; do
    name=$(basename "$file" .c)
    wanted=$(sed -n 's,^// close: ,,p' "$file")
    checks=$((checks + 1))
    "$bin/goro-cc" -race -g "$file" -o "$name" || exit 1
    status=0
    timeout 300 "$race" --explore 1 --seed 3 --stable --json "$name.json" "./$name" >"$name.out" 2>&1 </dev/null || status=$?
    expected=0
    [ "$wanted" = confirmed ] && expected=66
    [ "$status" = $expected ] || fault "$name: status $status, not $expected, and:" "$(cat "$name.out")"
    if [ "$wanted" = none ]; then
        [ -s "$name.json" ] && fault "$name: has findings:" "$(cat "$name.out")"
        continue
    fi
    grep -q "^GC001 ($wanted) send" "$name.out" || fault "$name: no send that is $wanted:" "$(cat "$name.out")"
    grep -q "\"code\":\"GC001\".*\"$wanted\":true" "$name.json" || fault "$name: not $wanted in JSON"
    [ "$wanted" = confirmed ] || continue
    schedule=$(sed -n '/^GC001 (confirmed)/,/Id:/s/^  Again: goro-race --replay \([^ ]*\) .*/\1/p' "$name.out")
    timeout 300 "$race" --replay "$schedule" "./$name" >again.out 2>&1 </dev/null
    grep -q 'panic: send on closed channel' again.out || fault "$name: '$schedule' does not panic:" "$(cat again.out)"
done
conclude
