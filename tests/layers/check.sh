#!/bin/bash
# check.sh ROOT COMPILER: who may include whom. For every C file of the rooms the compiler itself tells what the file
# includes, near and far (-MM), with detection and without; each of these must be in the list of what its room may see.
# The rules are those of docs/internals.md.
set -uo pipefail
root=$1
compiler=$2
cd -- "$root" || exit 2

# What a file may include: patterns of paths, for the room that the file's own path begins with.
allowed() {
    case $1 in
    runtime/base/*) echo 'runtime/base/*' ;;
    runtime/*) echo 'runtime/*' ;;
    detector/*) echo 'runtime/base/* detector/*' ;;
    instrument/*)
        echo 'runtime/base/* runtime/hooks.h runtime/running.h runtime/goro.h instrument/*
              detector/detector.h detector/access.h detector/finding.h detector/wire.h' ;;
    reports/*) echo 'reports/* detector/finding.h detector/wire.h' ;;
    *) return 1 ;;
    esac
}

faults=0
files=0
check_one() { # file [compiler flag]
    local file=$1 patterns dependencies included pattern found
    patterns=$(allowed "$file") || { echo "$file: in no room"; return 1; }
    if ! dependencies=$("$compiler" -MM -MG -std=gnu11 -D_GNU_SOURCE -I. "${@:2}" "$file"); then
        echo "$file: the compiler cannot tell what it includes"
        return 1
    fi
    local bad=0
    for included in $dependencies; do
        case $included in *: | \\ | "$file") continue ;; esac
        found=no
        set -f
        for pattern in $patterns; do
            # shellcheck disable=SC2053
            [[ $included == $pattern ]] && found=yes
        done
        set +f
        [ "$found" = yes ] && continue
        # A header that is made at build time or lies outside the tree is nobody's room.
        [ -e "$included" ] || continue
        case $included in /*) continue ;; esac
        echo "$file: may not include $included"
        bad=1
    done
    return $bad
}

while IFS= read -r file; do
    files=$((files + 1))
    check_one "$file" || faults=$((faults + 1))
    check_one "$file" -DGORO_RACE || faults=$((faults + 1))
done < <(find runtime detector instrument reports -name '*.c' -o -name '*.S' | sort)

echo "$files files, $faults faults"
[ "$faults" = 0 ]
