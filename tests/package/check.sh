#!/bin/bash
# check.sh BUILD SOURCE: makes the packages, looks into them, unpacks them into one folder, and uses goro from there.
set -uo pipefail
build=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
for tool in cpack dpkg-deb; do
    command -v $tool >/dev/null || { echo "skipped, as $tool is not installed"; exit 77; }
done
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unset GOMAXPROCS "${!GORO_@}"
export LC_ALL=C.UTF-8

checks=0
faults=0
# try TITLE STATUS TEXT COMMAND…
try() {
    local title=$1 expected=$2 text=$3 output status=0
    shift 3
    checks=$((checks + 1))
    output=$("$@" 2>&1 </dev/null) || status=$?
    [ "$status" = "$expected" ] && [[ $output == *"$text"* ]] && return
    faults=$((faults + 1))
    printf '%s: expected status %s and "%s", came status %s and:\n%s\n' "$title" "$expected" "$text" "$status" "$output"
}

try 'cpack' 0 '' cpack -G DEB --config "$build/CPackConfig.cmake" -B "$dir/packages" -D CPACK_THREADS=0
cd "$dir/packages" || exit 1
root=$dir/root
usr=$root/usr
for package in libgoro0 libgoro-dev goro-race; do
    file=$(ls ${package}_*.deb)
    try "$package is there" 0 '' test -s "$file"
    try "$package: name" 0 "$package" dpkg-deb -f "$file" Package
    try "$package: unpacked" 0 '' dpkg-deb -x "$file" "$root"
    dpkg-deb -c "$file" | awk '$1 !~ /^d/ { print $6 }' >"$dir/$package.files"
done
try 'nothing is in two packages' 0 '' sh -c '! sort "$1"/*.files | uniq -d | grep .' sh "$dir"
try 'all that is installed is in some package' 0 '' sh -c '
    cmake --install "$1" --prefix "$2/all" >/dev/null
    (cd "$2/all" && find . ! -type d ! -path "*auto-load*" | sed "s|^\.|./usr|" | sort) >"$2/expected"
    sort "$2"/*.files | grep -v auto-load >"$2/found"
    diff "$2/expected" "$2/found"' sh "$build" "$dir"
try 'what gdb loads is at the libraries'"'"' path' 0 '' sh -c 'for lib in goro goro_race; do
    path=$(find "$1/usr/lib" -name lib$lib.so.0) && test -s "$1/usr/share/gdb/auto-load${path#"$1"}-gdb.py" || exit 1; done' sh "$root"
try 'and what that loads is in the same package' 0 'goro_gdb/commands.py' cat "$dir/libgoro0.files"
try 'goro-race needs those modules' 0 'libgoro0 (= ' dpkg-deb -f goro-race_*.deb Depends
try 'libgoro-dev needs the libraries of its version' 0 'libgoro0 (= ' dpkg-deb -f libgoro-dev_*.deb Depends
command -v dpkg-shlibdeps >/dev/null && try 'goro-race needs what it is linked with' 0 'libdw1' dpkg-deb -f goro-race_*.deb Depends
try 'nothing names the build' 1 '' grep -rIlF -e "$source/" -e "$build/" "$root"

cd "$dir" || exit 1
export PATH=$usr/bin:$PATH
LD_LIBRARY_PATH=$(dirname "$(find "$usr" -name libgoro.so.0)")
export LD_LIBRARY_PATH
try 'goro-cc, static' 0 '' goro-cc "$source/examples/worker_pool.c" -o pool
try 'its program' 0 '' ./pool
try 'goro-cc, shared' 0 '' goro-cc --goro-shared "$source/examples/worker_pool.c" -o shared
try 'its program, shared' 0 '' ./shared
try 'goro-race' 66 'GR001' goro-race "$source/examples/racy_counter.c"
try 'goro-race on the repaired one' 0 '' goro-race "$source/examples/racy_counter_fixed.c"

echo "$checks checks, $faults failed"
[ "$faults" = 0 ]
