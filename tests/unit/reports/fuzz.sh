#!/bin/bash
# fuzz.sh ROOT [SECONDS]: the way from the wire to every format under libFuzzer, with the address and undefined
# behaviour sanitizers. Skipped (77) where clang or its libraries are missing.
set -uo pipefail
root=$1 seconds=${2:-10}
here=$root/tests/unit/reports
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 2
command -v clang >/dev/null || exit 77
echo 'int LLVMFuzzerTestOneInput(const char *p, long n) { (void)p; (void)n; return 0; }' >try.c
clang -fsanitize=fuzzer,address,undefined try.c -o try 2>/dev/null || exit 77

shared=("$root/detector/wire.c" "$root/runtime/base/fail.c" "$root/runtime/base/fmt.c")
mapfile -t sources < <(find "$root/reports" -name '*.c' ! -name main.c)
flags=(-g -O1 -D_GNU_SOURCE "-DGORO_VERSION_TEXT=\"0\"" -I"$root")
gcc "${flags[@]}" "$here/fuzz_seed.c" "${shared[@]}" -o seed || exit 1
mkdir corpus && "$scratch/seed" corpus/seed || exit 1
clang "${flags[@]}" -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all "$here/fuzz_wire.c" "${sources[@]}" \
    "${shared[@]}" -ldw -lelf -ljansson -o fuzz || exit 1
# what is kept (interned names, opened files) is kept on purpose
ASAN_OPTIONS=detect_leaks=0 ./fuzz -max_total_time="$seconds" -max_len=8000 -rss_limit_mb=3000 -verbosity=1 corpus >log 2>&1
status=$?
grep -E 'INFO: Seed|DONE|ERROR|SUMMARY|runtime error' log
[ $status = 0 ] || { tail -40 log; exit 1; }
