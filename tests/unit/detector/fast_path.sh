#!/bin/sh
# Pins the number of instructions from a function's start to its first return: the fast path of an access, a call and
# a return when it hits, and what is done without a call when it does not (the compiler lays the likely way out first, so
# that is the way to the first return, and sometimes a few more). Counted in the disassembly, so the machine's load does not matter. gcc on x86-64 only.
# Usage: fast_path.sh <compiler> <source root> <scratch directory>
set -u
cc=$1 root=$2 dir=$3
case $("$cc" --version 2>/dev/null | head -1) in *clang*) exit 77 ;; esac
[ "$("$cc" -dumpmachine | cut -d- -f1)" = x86_64 ] || exit 77
command -v objdump >/dev/null || exit 77
mkdir -p "$dir" || exit 1
for source in tests/unit/detector/fast_path detector/access_plain detector/history_owned; do
    "$cc" -std=gnu11 -D_GNU_SOURCE -O2 -fPIC -fvisibility=hidden -I"$root" \
        -c "$root/$source.c" -o "$dir/${source##*/}.o" || exit 1
done

failed=0
# A function, and the most instructions its hit may take. Fewer is welcome: lower the number here.
while read -r file name most; do
    count=$(objdump -d --no-show-raw-insn "$dir/$file.o" | awk -v name="<$name>:" '
        $2 == name { inside = 1; next }
        inside && $2 ~ /^nop|^xchg|^data16/ { next }
        inside { n++ }
        inside && $2 == "ret" { print n; exit }')
    echo "$name: $count instructions (at most $most)"
    [ -n "$count" ] && [ "$count" -le "$most" ] || failed=1
done <<END
fast_path read1 23
fast_path read4 25
fast_path read8 19
fast_path write4 25
fast_path write8 19
fast_path read16 22
fast_path enter 8
fast_path leave 6
access_plain det_read_new 92
access_plain det_write_new 95
access_plain det_read_whole 76
access_plain det_write_whole 74
access_plain det_read_pair 88
access_plain det_write_pair 122
access_plain read_list_of_all 140
history_owned history_has_noted 67
END
exit $failed
