#!/bin/sh
# Pins the number of instructions from a function's start to its first return: the fast path of an access, a call and
# a return when it hits. Counted in the disassembly, so the machine's load does not matter. gcc on x86-64 only.
# Usage: fast_path.sh <compiler> <source root> <scratch directory>
set -u
cc=$1 root=$2 dir=$3
case $("$cc" --version 2>/dev/null | head -1) in *clang*) exit 77 ;; esac
[ "$("$cc" -dumpmachine | cut -d- -f1)" = x86_64 ] || exit 77
command -v objdump >/dev/null || exit 77
mkdir -p "$dir" || exit 1
"$cc" -std=gnu11 -D_GNU_SOURCE -O2 -fPIC -fvisibility=hidden -I"$root" \
    -c "$root/tests/unit/detector/fast_path.c" -o "$dir/fast_path.o" || exit 1

failed=0
# A function, and the most instructions its hit may take. Fewer is welcome: lower the number here.
while read -r name most; do
    count=$(objdump -d --no-show-raw-insn "$dir/fast_path.o" | awk -v name="<$name>:" '
        $2 == name { inside = 1; next }
        inside && $2 ~ /^nop|^xchg|^data16/ { next }
        inside { n++ }
        inside && $2 == "ret" { print n; exit }')
    echo "$name: $count instructions (at most $most)"
    [ -n "$count" ] && [ "$count" -le "$most" ] || failed=1
done <<END
read1 24
read4 26
read8 19
write4 26
write8 19
read16 35
enter 8
leave 6
END
exit $failed
