#!/bin/bash
# check.sh BUILD SOURCE COMPILER: installs into a path with a space, moves the tree, and uses goro from there in every
# way that is promised: goro-cc, pkg-config (shared and static), CMake, goro-race. Nothing may point back.
set -uo pipefail
build=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
compiler=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
goro="$dir/moved here/goro"
good="$source/examples/worker_pool.c"
racy="$source/examples/racy_counter.c"

faults=0
checks=0
fault() {
    echo "$*"
    faults=$((faults + 1))
}
# try TITLE STATUS COMMAND…: the command must end with that status.
try() {
    local title=$1 expected=$2 output status=0
    shift 2
    checks=$((checks + 1))
    output=$("$@" 2>&1) || status=$?
    [ "$status" = "$expected" ] || fault "$title: expected status $expected, came $status from: $* :
$output"
}

try install 0 cmake --install "$build" --prefix "$dir/a place/goro"
mkdir "$dir/moved here" && mv "$dir/a place/goro" "$goro" && rmdir "$dir/a place"
lib=$(dirname "$(find "$goro" -name libgoro.a)")

for file in include/goro.h bin/goro-cc bin/goro-race share/man/man1/goro-cc.1 share/man/man1/goro-race.1; do
    try "installed $file" 0 test -s "$goro/$file"
done
for file in libgoro.a libgoro.so libgoro_race.a libgoro_race.so pkgconfig/goro.pc pkgconfig/goro-race.pc cmake/goro/goroConfig.cmake; do
    try "installed $file" 0 test -s "$lib/$file"
done
try 'no text file names the source or build tree' 1 grep -rIlF -e "$source/" -e "$build/" "$goro"
try 'no symbol of ours but the public ones in libgoro.a' 1 sh -c \
    'nm -g --defined-only "$1" | grep -E " [A-Z] " | grep -vE " (goro_|chan_)"' sh "$lib/libgoro.a"

cd "$dir" || exit 2
export GORO_CC=$compiler
try 'goro-cc' 0 "$goro/bin/goro-cc" "$good" -o pool
try 'a program by goro-cc' 0 ./pool
try 'goro-cc -race' 0 "$goro/bin/goro-cc" -race "$racy" -o racy
try 'goro-race finds the race' 66 "$goro/bin/goro-race" ./racy
try 'goro-race compiles and finds the race' 66 "$goro/bin/goro-race" "$racy"
try 'goro-race through a link' 66 sh -c 'ln -s "$1" grace && ./grace ./racy' sh "$goro/bin/goro-race"

if command -v pkg-config >/dev/null; then
    export PKG_CONFIG_PATH=$lib/pkgconfig
    with_flags() { # pkg-config arguments, then -- and the compiler's
        local flags=()
        while [ "$1" != -- ]; do
            flags+=("$1")
            shift
        done
        shift
        eval "set -- \"\$@\" $(pkg-config "${flags[@]}")"
        "$compiler" "$@"
    }
    try 'pkg-config, shared' 0 with_flags --cflags --libs goro -- "$good" -o shared
    try 'a program by pkg-config, shared' 0 env "LD_LIBRARY_PATH=$lib" ./shared
    try 'pkg-config, static' 0 with_flags --static --cflags --libs goro -- "$good" -o static -static
    try 'a program by pkg-config, static' 0 ./static
    try 'it needs libgoro.so' 0 sh -c 'readelf -d shared | grep -q "NEEDED.*libgoro\.so"'
    try 'pkg-config for goro-race' 0 with_flags --cflags --libs goro-race -- "$racy" -o raced
    try 'goro-race on a program by pkg-config' 66 env "LD_LIBRARY_PATH=$lib" "$goro/bin/goro-race" ./raced
fi

mkdir user && cat >user/CMakeLists.txt <<'TEXT'
cmake_minimum_required(VERSION 3.20)
project(user LANGUAGES C)
find_package(goro 0.1 REQUIRED)
add_executable(pool ${GOOD})
target_link_libraries(pool PRIVATE goro::goro)
add_executable(raced ${RACY})
target_link_libraries(raced PRIVATE goro::race)
enable_testing()
add_test(NAME race COMMAND ${GORO_RACE} $<TARGET_FILE:raced>)
TEXT
try 'CMake finds goro' 0 cmake -S user -B 'user/build it' "-DCMAKE_PREFIX_PATH=$goro" "-DCMAKE_C_COMPILER=$compiler" \
    "-DGOOD=$good" "-DRACY=$racy"
try 'CMake builds with goro' 0 cmake --build 'user/build it'
try 'a program by CMake' 0 'user/build it/pool'
try 'goro-race on a program by CMake' 66 "$goro/bin/goro-race" 'user/build it/raced'

echo "$checks checks, $faults failed"
[ "$faults" = 0 ]
