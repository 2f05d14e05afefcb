# What the scripts share: a scratch folder with the fixture, and checks that count.
# Sourced with: goro-race, the tree's root.
set -uo pipefail
race=$1 root=$2
here=$root/tests/unit/reports
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 2
unset "${!GORO_@}"
export LC_ALL=C.UTF-8 ASAN_OPTIONS=detect_leaks=0
cp "$here/fixture.c" "$here/sender.h" .
checks=0
faults=0

build() { # OUTPUT COMPILER FLAGS...: the fixture, with what it needs of the tree
    local output=$1 compiler=$2
    shift 2
    "$compiler" -D_GNU_SOURCE -I"$root" "$@" -c fixture.c -o "$output.o" &&
        "$compiler" "${@:1}" "$output.o" support.o -o "$output" && rm -f "$output.o"
}
support() { # the wire's encoder, compiled once and without debug information
    gcc -O1 -fPIC -D_GNU_SOURCE -I"$root" -r -nostdlib "$root/detector/wire.c" "$root/runtime/base/fail.c" \
        "$root/runtime/base/fmt.c" -o support.o
}
same() { # TITLE EXPECTED FOUND
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    faults=$((faults + 1))
    printf '%s: expected\n  %s\nfound\n  %s\n\n' "$1" "$2" "$3"
}
has() { # TITLE PATTERN TEXT: an extended regular expression
    checks=$((checks + 1))
    grep -Eq -- "$2" <<<"$3" && return
    faults=$((faults + 1))
    printf '%s: expected something like\n  %s\nfound\n%s\n\n' "$1" "$2" "$3"
}
lacks() {
    checks=$((checks + 1))
    grep -Eq -- "$2" <<<"$3" || return 0
    faults=$((faults + 1))
    printf '%s: expected nothing like\n  %s\nfound\n%s\n\n' "$1" "$2" "$3"
}
finish() {
    echo "$checks checks, $faults failed"
    [ "$checks" -gt 0 ] && [ "$faults" = 0 ]
}
line_of() { # the number of the line with this mark
    grep -n -- "line: $1 " fixture.c | head -1 | cut -d: -f1
}
