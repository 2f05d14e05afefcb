#!/bin/bash
# hundred.sh BUILD [--runs N] [REGEX]: every program with expectations, many times over: those that must report 100 runs each,
# those that must stay silent 20 seeds each, built by gcc and by clang, at -O0 and at -O2. Prints what failed, and how many did.
# For people with time: an hour or two; ctest has the same programs with two or three seeds, built in one of these ways.
set -uo pipefail
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
shift
export RUNS=
if [ "${1-}" = --runs ]; then
    RUNS=$2
    shift 2
fi
regex=${1-.}
export RUN_PROGRAM=$build/tests/run_program CC_GORO=$build/bin/goro-cc RACE_GORO=$build/bin/goro-race

one() { # "COMPILER LEVEL FILE"
    local compiler level file runs log status=0
    read -r compiler level file <<<"$1"
    runs=$RUNS
    if [ -z "$runs" ]; then
        runs=100
        if grep -q '^// *expect: *none' "$file"; then runs=20; fi
    fi
    log=$("$RUN_PROGRAM" --goro-cc "$CC_GORO" --goro-race "$RACE_GORO" --compiler "$compiler" --opt "$level" \
        --runs "$runs" "$file" 2>&1) || status=$?
    case $status in
    0) echo "ok      $compiler $level $runs $file" ;;
    77) echo "skipped $compiler $level $file" ;;
    *) printf 'FAILED  %s %s %s %s\n%s\n' "$compiler" "$level" "$runs" "$file" "$log" ;;
    esac
}
export -f one

list=$(mktemp)
result=$(mktemp)
trap 'rm -f "$list" "$result"' EXIT
for compiler in gcc clang; do
    command -v "$compiler" >/dev/null || continue
    for level in -O0 -O2; do
        grep -rlE '^// *expect:' --include='*.c' "$here/programs" "$here/../examples" | grep -E -- "$regex" | sort |
            while read -r file; do echo "$compiler $level $file"; done
    done
done >"$list"
# shellcheck disable=SC2016
xargs -d '\n' -P "${JOBS:-$(nproc)}" -I {} bash -c 'one "$1"' - {} <"$list" | tee "$result" | grep -v '^ok \|^skipped '
failed=$(grep -c '^FAILED ' "$result")
echo "$(grep -c '^ok ' "$result") ok, $failed failed, $(grep -c '^skipped ' "$result") skipped"
[ "$failed" = 0 ] && [ -s "$list" ]
