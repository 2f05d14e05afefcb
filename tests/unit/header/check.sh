#!/bin/sh
# check.sh COMPILER STANDARD INCLUDE_DIR: good.c compiles without a warning, every case of bad.c is the error it names.
set -u
cc=$1 std=$2 include=$3 here=$(dirname "$0") status=0
out=$(mktemp) && trap 'rm -f "$out"' EXIT

compile() { "$cc" -std="$std" -I"$include" -Wall -Wextra -Wshadow -Wunused -Wimplicit-fallthrough -Wdangling-else "$@"; }

for options in -O0 -O2 "-O2 -fsanitize=thread"; do
    # shellcheck disable=SC2086 # several options in one word
    if ! compile -Werror $options -c -o /dev/null "$here/good.c"; then
        echo "good.c: a warning or an error with $options"
        status=1
    fi
done

cases=$(grep -c '/\* error: ' "$here/bad.c")
[ "$cases" -gt 30 ] || { echo "bad.c has only $cases cases"; status=1; }
if ! compile -DCASE=0 -fsyntax-only "$here/bad.c"; then
    echo "bad.c without any misuse does not compile"
    status=1
fi
n=1
while [ "$n" -le "$cases" ]; do
    pattern=$(sed -n "s|.*CASE == $n /\* error: \(.*\) \*/.*|\1|p" "$here/bad.c")
    if compile -DCASE=$n -fsyntax-only "$here/bad.c" >"$out" 2>&1; then
        echo "case $n compiles, and should be an error: $pattern"
        status=1
    elif [ -z "$pattern" ] || ! grep -E -q -i "$pattern" "$out"; then
        echo "case $n fails, but not with: $pattern"
        cat "$out"
        status=1
    fi
    n=$((n + 1))
done
exit $status
