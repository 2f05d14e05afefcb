#!/bin/bash
# check.sh BUILD SOURCE: takes the files out of docs/ci.md and runs each with an installed copy: with the stock as the page has
# it all succeed; with its lock taken away all fail. What is not installed here is skipped, and said.
set -uo pipefail
build=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unset GOMAXPROCS "${!GORO_@}"
export LC_ALL=C.UTF-8

checks=0
faults=0
fault() {
    printf '%s\n' "$*"
    faults=$((faults + 1))
}
# try TITLE STATUS TEXT COMMAND…: it ends with this status (`!0`: with another than 0), and its output has the text.
try() {
    local title=$1 expected=$2 text=$3 output status=0 ok=yes
    shift 3
    checks=$((checks + 1))
    if [ "$(type -t "$1")" = function ]; then
        output=$("$@" 2>&1 </dev/null) || status=$?
    else
        output=$(timeout 120 "$@" 2>&1 </dev/null) || status=$?
    fi
    case $expected in
    '!0') [ "$status" != 0 ] || ok=no ;;
    *) [ "$status" = "$expected" ] || ok=no ;;
    esac
    [[ $output == *"$text"* ]] || ok=no
    [ "$ok" = yes ] || fault "$title: expected status $expected and '$text', came status $status and:
$output"
}
have() {
    command -v "$1" >/dev/null && return
    echo "skipped, as $1 is not installed: $2"
    return 1
}
# Writes each block below `<!-- file: NAME -->` into that file.
extract() {
    awk '/^<!-- file: .* -->$/ { name = $3; next }
         /^```/ { if (open) { open = 0; close(name); name = "" } else if (name != "") open = 1; next }
         open { print >name }' "$1"
}

cmake --install "$build" --prefix "$dir/goro" >/dev/null || exit 1
export PATH=$dir/goro/bin:$PATH CMAKE_PREFIX_PATH=$dir/goro
PKG_CONFIG_PATH=$(dirname "$(find "$dir/goro" -name goro.pc)")
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
export PKG_CONFIG_PATH LD_LIBRARY_PATH
mkdir "$dir/good" "$dir/bad"
(cd "$dir/good" && extract "$source/docs/ci.md")
cp -r "$dir/good/." "$dir/bad"
sed -i '/goro_mutex_/d' "$dir/bad/stock.c"

# The commands of a CI file, but those that install: `print FILE KIND`.
commands() {
    python3 - "$1" "$2" <<'TEXT'
import sys, yaml
document = yaml.safe_load(open(sys.argv[1]))
if sys.argv[2] == "github":
    assert True in document or "on" in document, "no trigger"
    job = document["jobs"]["goro-race"]
    steps = [s["run"] for s in job["steps"] if "run" in s and not s["name"].startswith("Install")]
    assert all("run" in s or "uses" in s for s in job["steps"]) and job["runs-on"]
else:
    job = document["goro-race"]
    steps = job["script"]
    assert job["artifacts"]["reports"]["junit"] == "races.xml"
print("\n".join(steps))
TEXT
}

# The matrix's commands: the parts one after another, then the merge.
matrix() {
    python3 - <<'TEXT'
import yaml
jobs = yaml.safe_load(open("matrix.yml"))["jobs"]
explore = [s["run"] for s in jobs["explore"]["steps"] if "run" in s and not s["name"].startswith("Install")]
for part in jobs["explore"]["strategy"]["matrix"]["part"]:
    print("\n".join(explore).replace("${{ matrix.part }}", str(part)))
print(jobs["merge"]["steps"][-1]["run"])
TEXT
}

# recipes FOLDER STATUS TEXT: every recipe there.
recipes() {
    local found=$2 text=$3 kind
    cd "$dir/$1" || exit 2
    try "$1: CMake" 0 '' sh -c 'cmake -S . -B cmake-build && cmake --build cmake-build'
    try "$1: CTest" "$([ "$found" = 0 ] && echo 0 || echo '!0')" "$text" ctest --test-dir cmake-build --output-on-failure -L race
    if have meson "the Meson recipe, $1"; then
        try "$1: Meson" 0 '' sh -c 'meson setup meson-build && meson compile -C meson-build'
        try "$1: Meson test" "$([ "$found" = 0 ] && echo 0 || echo '!0')" "$text" meson test -C meson-build --print-errorlogs --suite race
    fi
    have make "the Make recipe, $1" && try "$1: Make" "$([ "$found" = 0 ] && echo 0 || echo 2)" "$text" make check
    try "$1: cmocka" "$found" "$text" sh -e run-cmocka.sh
    try "$1: several runs" "$found" '' sh several.sh
    have parallel "the GNU parallel recipe, $1" && try "$1: GNU parallel" "$found" '400 schedules in 4 parts' sh parallel.sh
    if [ -n "${GORO_TEST_SLURM:-}" ]; then # sbatch reaches a cluster
        try "$1: Slurm" "$found" '' sh slurm.sh
        try "$1: Slurm's parts" "$found" '400 schedules in 4 parts' goro-race merge array-*.jsonl
    fi
    have python3 "the CI files, $1" || return
    python3 -c 'import yaml' 2>/dev/null || { echo "skipped, as python3 has no yaml: the CI files, $1"; return; }
    for kind in github gitlab; do
        try "$1: $kind parses" 0 'goro-race' commands $kind.yml $kind
        commands $kind.yml $kind >$kind.sh
        try "$1: $kind" "$found" "$text" sh -e $kind.sh
    done
    matrix >matrix.sh
    try "$1: matrix" "$found" '400 schedules in 4 parts' sh matrix.sh
    try "$1: SARIF was written" 0 '' test -s races.sarif
    try "$1: JUnit was written" 0 '' test -s races.xml
}

recipes good 0 ''
recipes bad 66 'GR001 data race on count'
try 'several runs: one finding' 0 '1' sh -c 'grep -o "\"ruleId\":\"GR001\"" all.sarif | sort | uniq -c'
try 'several runs: how many' 66 'Found: in 4 runs.' goro-race merge run-*.jsonl
try 'rules: all forms are understood, unused ones told' 66 'rules:2: this suppression matched nothing' \
    goro-race --suppressions rules ./stock_race

# goro_add_race_test refuses what could find nothing
cat >CMakeLists.txt <<'TEXT'
cmake_minimum_required(VERSION 3.20)
project(plain LANGUAGES C)
find_package(goro REQUIRED)
enable_testing()
add_executable(plain stock.c stock_test.c)
target_link_libraries(plain PRIVATE goro::goro)
goro_add_race_test(plain plain)
TEXT
try 'a target without goro::race' 0 '' sh -c 'rm -rf cmake-build && cmake -S . -B cmake-build && cmake --build cmake-build'
try 'its test fails' 8 'not instrumented' ctest --test-dir cmake-build --output-on-failure

# a child, forked or executed, counts
try 'an executed grandchild' 66 'GR001' goro-race sh -c './stock_race; exit 0'

# the problem matcher
if have python3 'the problem matcher'; then
    goro-race --quiet ./stock_race >quiet.txt 2>&1
    cat >match.py <<'TEXT'
import json, re
pattern = json.load(open("tasks.json"))["tasks"][0]["problemMatcher"]["pattern"]
lines = [line.rstrip("\n") for line in open("quiet.txt")]
matches = [m for m in (re.match(pattern["regexp"], line) for line in lines) if m]
assert len(matches) == sum(line.startswith("GR") for line in lines) > 0, lines
for m in matches:
    print("|".join(m[pattern[name]] for name in ("code", "message", "file", "line")))
TEXT
    try 'the problem matcher' 0 'GR001|data race on count (4 bytes, int, global)|stock.c|' python3 match.py
fi

echo "$checks checks, $faults failed"
[ "$faults" = 0 ]
