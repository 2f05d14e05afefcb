#!/bin/bash
# fuzz.sh ROOT BUILD [SECONDS]: the way from the wire to every format, and what is read besides (merge, suppressions,
# baselines, options), under libFuzzer with the address and undefined behaviour sanitizers, each for SECONDS. Skipped (77) where
# clang or its libraries are missing.
set -uo pipefail
root=$1 build=$2 seconds=${3:-10}
here=$root/tests/unit/reports
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 2
command -v clang >/dev/null || exit 77
echo 'int LLVMFuzzerTestOneInput(const char *p, long n) { (void)p; (void)n; return 0; }' >try.c
clang -fsanitize=fuzzer,address,undefined try.c -o try 2>/dev/null || exit 77

shared=("$root/detector/wire.c" "$root/runtime/base/fail.c" "$root/runtime/base/fmt.c")
mapfile -t sources < <(find "$root/reports" "$build/reports" -maxdepth 1 -name '*.c' ! -name main.c)
flags=(-g -O1 -D_GNU_SOURCE "-DGORO_VERSION_TEXT=\"0\"" -I"$root")
gcc "${flags[@]}" "$here/fuzz_seed.c" "${shared[@]}" -o seed || exit 1
sanitize=(-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)
mkdir objects && (cd objects && clang "${flags[@]}" "${sanitize[@]}" -c "${sources[@]}" "${shared[@]}") || exit 1
build_target() { # NAME FLAGS…
    local name=$1
    shift
    clang "${flags[@]}" "${sanitize[@]}" "$here/$name.c" objects/*.o "$@" -ldw -lelf -ljansson -lm -lpthread -o "$name" || exit 1
}
# what is kept (interned names, opened files) is kept on purpose
fuzz() { # NAME SECONDS FLAGS…
    local name=$1 seconds=$2 status
    shift 2
    mkdir -p "$name.corpus"
    ASAN_OPTIONS=detect_leaks=0 "./$name" -max_total_time="$seconds" -max_len=8000 -rss_limit_mb=3000 -verbosity=1 "$@" \
        "$name.corpus" >log 2>&1
    status=$?
    echo "$name:"
    grep -E 'INFO: Seed|DONE|ERROR|SUMMARY|runtime error' log
    [ $status = 0 ] || { tail -40 log; exit 1; }
}

mkdir fuzz_wire.corpus fuzz_files.corpus && "$scratch/seed" fuzz_wire.corpus/seed || exit 1
python3 - "$root" fuzz_files.corpus <<'TEXT' || exit 1
import glob, json, os, sys
root, out = sys.argv[1:]
def seed(name, kind, data):
    open(os.path.join(out, name), "wb").write(kind + data)
for path in glob.glob(root + "/tests/golden/reports/*.json"):
    for i, finding in enumerate(json.load(open(path))):
        seed(f"{os.path.basename(path)}.{i}", b"j", json.dumps(finding).encode())
seed("suppressions", b"s", b"# known\nGR001 function:un*_worker file:*.c\nGD,GL001 library:libz.so.1\nobject:table[[]3]* id:00000000\n")
seed("baseline", b"b", json.dumps({"version": 1, "findings": [{"id": "9f3c51e2", "code": "GR001", "title": "x"}]}).encode())
seed("options", b"o", b"\0".join(b"--seed 17 --json - --timeout=500ms --explore 30s --fail-on GR,GD001 --exit-code 3 --color auto -h -- ./prog --x".split()))
TEXT
build_target fuzz_wire
build_target fuzz_files -Wl,--wrap=exit
fuzz fuzz_wire "$seconds"
fuzz fuzz_files "$seconds" -close_fd_mask=3
