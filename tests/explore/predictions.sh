#!/bin/bash
# predictions.sh BIN SOURCE FOLDER CODE PROOF: what is predicted in the folder's programs (a cycle of locks, a send that a close may
# overtake, a race that the order of locks hides) is driven to. What could be is called confirmed, and its command shows PROOF; what
# could not stays predicted, or is not told (none). A second run says the same. And it is told of another build, too, in turn of each
# kind, with another seed.
set -uo pipefail
source "$2/tests/explore/common.sh"
folder=$3 code=$4 proof=$5
others=("gcc -O2" "clang -O0" "clang -O2") built=0

# What is said of the program that another compiler has made.
told_of_another() {
    local compiler level seed=$((40 + built))
    read -r compiler level <<<"${others[built++ % ${#others[@]}]}"
    command -v "$compiler" >/dev/null || return
    checks=$((checks + 1))
    GORO_CC=$compiler "$bin/goro-cc" -race -g "$level" "$file" -o another || exit 1
    timeout 300 "$race" --explore 1 --seed $seed --stable ./another >another.out 2>&1 </dev/null
    if [ "$wanted" = none ]; then
        ! grep -q "^$code" another.out || fault "$name by $compiler $level, seed $seed, has findings:" "$(cat another.out)"
    else
        grep -qE "^$code (\((confirmed|$wanted)\)|data race) " another.out ||
            fault "$name by $compiler $level, seed $seed: no $code that is $wanted:" "$(cat another.out)"
    fi
}

for file in "$here/$folder"/*.c; do
    name=$(basename "$file" .c)
    wanted=$(sed -n 's,^// prediction: ,,p' "$file")
    checks=$((checks + 1))
    told_of_another
    "$bin/goro-cc" -race -g "$file" -o "$name" || exit 1
    status=0
    seed=$(sed -n 's,^// seed: ,,p' "$file")
    explore=("$race" --explore 1 --seed "${seed:-3}" --stable)
    timeout 120 "${explore[@]}" --json "$name.json" "./$name" >"$name.out" 2>&1 </dev/null || status=$?
    timeout 120 "${explore[@]}" "./$name" >second.out 2>&1 </dev/null
    cmp -s "$name.out" second.out || fault "$name: a second run differs:" "$(diff "$name.out" second.out)"
    expected=0
    [ "$wanted" = confirmed ] && expected=66
    [ "$status" = $expected ] || fault "$name: status $status, not $expected, and:" "$(cat "$name.out")"
    if [ "$wanted" = none ]; then
        [ -s "$name.json" ] && fault "$name: has findings:" "$(cat "$name.out")"
        continue
    fi
    grep -q "^$code ($wanted) " "$name.out" || fault "$name: no $code that is $wanted:" "$(cat "$name.out")"
    grep -q "\"code\":\"$code\".*\"$wanted\":true" "$name.json" || fault "$name: not $wanted in JSON"
    [ "$wanted" = confirmed ] || continue
    schedule=$(sed -n "/^$code (confirmed)/,/Id:/s/^  Again: goro-race --replay \([^ ]*\) .*/\1/p" "$name.out")
    timeout 120 "$race" --replay "$schedule" "./$name" >again.out 2>&1 </dev/null
    grep -qE "$proof" again.out || fault "$name: '$schedule' does not show it:" "$(cat again.out)"
done
conclude
