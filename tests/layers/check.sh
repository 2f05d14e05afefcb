#!/bin/bash
# check.sh ROOT COMPILER: who may include whom. For every C file of the rooms the compiler's own preprocessor tells who
# includes what (-E -dI: the #include lines it meets, in the file it is in), with detection and without; each such pair must
# be allowed by the list of what the includer's room may see. The rules are those of docs/internals.md.
#
# Not done: the closure by -MM. A facade's header may include its own room's headers; that makes them no one else's.
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

# Pairs "includer included" of the files in the tree, from the preprocessor's output.
pairs() { # file [compiler flag]
    "$compiler" -E -dI -std=gnu11 -D_GNU_SOURCE -I. "${@:2}" "$1" | awk '
        /^# [0-9]+ "/ { split($0, part, "\""); file = part[2] }
        /^#include "/ && file !~ /^[\/<]/ { split($0, part, "\""); print file, part[2] }' | sed 's,^\./,,' | sort -u
    return "${PIPESTATUS[0]}"
}

faults=$(mktemp)
trap 'rm -f "$faults"' EXIT
check_pair() { # includer included
    local patterns pattern included=$2 beside
    beside=$(dirname "$1")/$2
    [ -e "$beside" ] && included=$beside
    case $included in runtime/* | detector/* | instrument/* | reports/*) ;; *) return ;; esac
    patterns=$(allowed "$1") || return
    set -f
    for pattern in $patterns; do
        # shellcheck disable=SC2053
        [[ $included == $pattern ]] && return
    done
    set +f
    echo "$1: may not include $included" >>"$faults"
}

declare -A seen=()
files=0
while IFS= read -r file; do
    files=$((files + 1))
    for flavour in -UGORO_RACE -DGORO_RACE; do
        found=$(pairs "$file" "$flavour") || echo "$file: the preprocessor fails" >>"$faults"
        while read -r includer included; do
            [ -z "$included" ] && continue
            [ -n "${seen[$includer $included]:-}" ] && continue
            seen[$includer $included]=1
            check_pair "$includer" "$included"
        done <<<"$found"
    done
done < <(find runtime detector instrument reports \( -name '*.c' -o -name '*.S' -o -name '*.h' \) | sort)

sort -u "$faults"
echo "$files files, ${#seen[@]} includes, $(sort -u "$faults" | wc -l) faults"
[ ! -s "$faults" ]
