#!/bin/bash
# check.sh [--seeds N] [--jobs N] [--explore] [--buggy] BIN SOURCE [PATTERN]: does the same seed give the same run? Every example and every test
# program whose path has PATTERN in it is built once and run twice with each of N seeds (default 2); what it writes to its
# standard output, the findings as goro-race writes them with --stable, and the exit status must be the same to the byte.
#
# With --explore the seeds are those of explored schedules, each in a fork, perhaps used again, and not a start of the program: goro-race runs each twice
# and compares (--check-determinism). A program that cannot be explored is run as without, with at most 20 seeds, and so
# is one whose steps hang on other processes or the real time, though not what comes of it (`// outside: why`). What was compared
# is told; a schedule that hangs (a tenth of the program's `// timeout:`, so 2 s) is not. `// explored: flags` are the compiler's then, for a program whose size is a macro.
#
# A program whose outcome hangs on what no seed decides says so by a line `// unseeded: why` among its directives; those with
# threads of their own are left out without.
set -uo pipefail
seeds=2 jobs=1 explore= buggy=
while [[ $1 == --* ]]; do
    case $1 in
    --seeds) seeds=$2 ;;
    --jobs) jobs=$2 ;;
    --explore) explore=1 && shift && continue ;;
    --buggy) buggy=1 && shift && continue ;; # those that must report
    *) echo "unknown option $1"; exit 2 ;;
    esac
    shift 2
done
bin=$(cd "$1" && pwd) source=$(cd "$2" && pwd) pattern=${3:-}
unset GOMAXPROCS "${!GORO_@}"
export LC_ALL=C.UTF-8 bin source seeds explore few=20
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export dir

# The words behind a directive of the program in $file, all lines of it.
words() { sed -n "s,^// *$1: *,,p" "$file"; }

run_once() { # SEED OUTPUT
    local status=0
    words stdin | env "${environment[@]}" timeout "$limit" "$bin/goro-race" --stable --seed "$1" \
        --json "$2.findings" "${options[@]}" -- "./$name" "${arguments[@]}" >"$2.output" 2>"$2.error" || status=$?
    echo "status $status" >>"$2.output"
}

# False: it cannot be explored.
explore_twice() {
    local status=0 compared
    words stdin >input
    env "${environment[@]}" "$bin/goro-race" --stable --check-determinism --explore "$seeds" --seed 1 --timeout $((limit / 10))s \
        "${options[@]}" -- "./$name" "${arguments[@]}" <input >said 2>&1 || status=$?
    [ "$status" != 125 ] || return 1
    compared=$(sed -nE 's,^goro-race: ([0-9]+) schedules? (was|were) run twice.*,\1,p' said)
    if [ -n "$compared" ]; then
        echo "$file explored $compared" >>"$dir/done"
        [ "$compared" = "$seeds" ] || echo "$file: of $seeds schedules only $compared were compared"
    else
        echo "$file: two runs differ:"
        grep -A 5 -E 'run twice|giving up|stopped' said | cut -c 1-300
        fault=1
    fi
}

# One program, in a folder of its own, as each run may leave files behind.
check_program() {
    file=$1
    name=$(basename "${file%.c}")
    local work=$dir/${file//\//-} compiler seed fault=0
    local -a arguments options environment flags libraries sources
    mkdir "$work"
    read -ra arguments <<<"$(words args | tr '\n' ' ')"
    read -ra options <<<"$(words options | tr '\n' ' ')"
    read -ra flags <<<"$(words cflags | tr '\n' ' ') $([ -z "$explore" ] || words explored | tr '\n' ' ')"
    read -ra libraries <<<"$(words libs | tr '\n' ' ')"
    read -ra sources <<<"$(words sources | tr '\n' ' ')"
    mapfile -t environment < <(words env)
    compiler=$(words compilers | awk '{ print $1 }')
    limit=$(words timeout)
    limit=${limit:-20}
    sources=("${sources[@]/#/$(dirname "$file")/}")
    cd "$work" || return 1
    # shellcheck disable=SC2086
    GORO_CC=${compiler:-cc} "$bin/goro-cc" -race -g $(words opt | awk '{ print $1 }') "${flags[@]}" "$file" "${sources[@]}" \
        -o "$name" "${libraries[@]}" >build.log 2>&1 || { echo "$file: does not build"; cat build.log; return 1; }
    if [ -n "$explore" ]; then
        if ! grep -q '^// *outside:' "$file" && explore_twice; then
            cd / && rm -rf "$work"
            return "$fault"
        fi
        seeds=$((seeds < few ? seeds : few))
    fi
    for ((seed = 1; seed <= seeds; seed++)); do
        run_once "$seed" first
        run_once "$seed" again
        for stream in output findings; do
            cmp -s first.$stream again.$stream && continue
            echo "$file: two runs with seed $seed differ in their $stream:"
            diff first.$stream again.$stream | head -20 | cut -c 1-300
            fault=1
        done
        [ "$fault" = 0 ] || break
    done
    [ "$fault" = 1 ] || echo "$file started $seeds" >>"$dir/done"
    cd / && rm -rf "$work"
    return "$fault"
}
export -f words run_once explore_twice check_program

list() {
    local each
    while IFS= read -r each; do
        grep -q '^// *expect:' "$each" || continue
        grep -qE '^// *unseeded:|pthread_create|thrd_create|thread_stage.h' "$each" && continue
        grep -q '^// *mode: *plain' "$each" && continue
        [ -n "$buggy" ] && grep -q '^// *expect: *none' "$each" && continue
        printf '%s\0' "$each"
    done < <(find "$source/examples" "$source/tests/programs" -name '*.c' -path "*$pattern*" | sort)
}

list >"$dir/list"
count=$(tr -cd '\0' <"$dir/list" | wc -c)
[ "$count" -gt 0 ] || { echo 'no program to run'; exit 1; }
xargs -0 -n 1 -P "$jobs" bash -c 'check_program "$1"' bash <"$dir/list"
status=$?
tell() { # KIND WORDS
    local n
    n=$(grep -c " $1" "$dir/done")
    [ "$n" = 0 ] || echo "$n of $count programs: $2"
}
touch "$dir/done"
tell explored "$(awk '$2 == "explored" { n += $3 } END { print n + 0 }' "$dir/done") schedules, every one twice: the same"
tell started "$([ -n "$explore" ] && ((seeds > few)) && seeds=$few; echo "$seeds") seeds each, every one twice: the same"
[ "$status" = 0 ]
