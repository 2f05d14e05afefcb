#!/bin/bash
# selftest.sh CHECK COMPILER: a small tree with every kind of include, allowed and forbidden; the check must name the latter.
set -uo pipefail
check=$1
compiler=$2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{runtime/base,detector,instrument,reports}
headers="runtime/base/base.h runtime/hooks.h runtime/running.h runtime/sched.h detector/detector.h detector/clock.h
    detector/wire.h instrument/tsan.h reports/model.h"
for header in $headers; do : >"$root/$header"; done
echo '#include "detector/clock.h"' >"$root/detector/access.h" # a facade may show what is behind it to nobody else

# "includer included": all that may be, and all that may not.
good='runtime/base/fmt.c runtime/base/base.h
runtime/chan.c runtime/hooks.h
detector/clock.c runtime/base/base.h
instrument/front.c detector/detector.h
instrument/tsan.c runtime/running.h
instrument/access.c detector/access.h
reports/main.c detector/wire.h'
bad='runtime/base/bad.c runtime/sched.h
runtime/bad.c detector/detector.h
runtime/worse.c instrument/tsan.h
detector/bad.c runtime/running.h
detector/worse.c reports/model.h
instrument/bad.c runtime/sched.h
instrument/worse.c detector/clock.h
instrument/own.h detector/clock.h
reports/bad.c detector/detector.h
reports/worse.c runtime/base/base.h'

write_files() { while read -r file header; do echo "#include \"$header\"" >"$root/$file"; done <<<"$1"; }

faults=0
write_files "$good"
if ! output=$("$check" "$root" "$compiler"); then
    printf 'allowed includes were refused:\n%s\n' "$output"
    faults=1
fi
write_files "$bad"
output=$("$check" "$root" "$compiler") && echo 'forbidden includes passed' && faults=1
while read -r file header; do
    [[ $output == *"$file: may not include $header"* ]] && continue
    printf '%s including %s was not named\n' "$file" "$header"
    faults=1
done <<<"$bad"
[ "$(wc -l <<<"$output")" = $(($(wc -l <<<"$bad") + 1)) ] || { printf 'more than that was named:\n%s\n' "$output"; faults=1; }
[ "$faults" = 0 ] && echo 'every forbidden include was found, and nothing else'
