#!/bin/sh
# compare.sh GO TABLE: does Go do what the table says? Builds the scenarios in Go and runs each row. 77: this Go cannot tell.
# golang.org/x/sync is taken from the toolchain's own vendored copy.
set -u
go=$1 table=$2 here=$(cd "$(dirname "$0")" && pwd) failed=0 rows=0
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
sync=$("$go" env GOROOT)/src/cmd/vendor/golang.org/x/sync
minor=$("$go" env GOVERSION | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
[ "${minor:-0}" -ge 25 ] && [ -d "$sync" ] || { echo "needs Go 1.25 or later with its sources"; exit 77; }
cp "$here"/*.go "$dir"
cp -r "$sync" "$dir/xsync"
printf 'module scenarios\ngo 1.25\nrequire golang.org/x/sync v0.0.0\nreplace golang.org/x/sync => ./xsync\n' >"$dir/go.mod"
printf 'module golang.org/x/sync\ngo 1.25\n' >"$dir/xsync/go.mod"
cd "$dir" || exit 1
HOME=$dir GOCACHE=$dir/cache GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local "$go" build -o scenarios . || exit 1

outcome() { # what is said, and how it ends, in the table's form
    timeout 20 ./scenarios "$1" "$2" >out 2>err
    status=$?
    said=$(sed 's/ *$//' out)
    [ $status = 0 ] && { printf '%s' "$said"; return; }
    why=$(sed '/^$/,$d; s/ \[recovered, repanicked\]//' err | awk 'NR > 1 { printf "\\n" } { gsub("\t", "\\t"); printf "%s", $0 }')
    printf '%s' "$said${said:+ }-> $why${why:+ }($status)"
}

while IFS='|' read -r primitive name expected source _; do
    case $primitive in '' | '#'*) continue ;; esac
    case $source in *goro.h*) continue ;; esac
    primitive=$(echo "$primitive" | xargs) name=$(echo "$name" | xargs)
    expected=$(printf '%s' "$expected" | sed 's/^ *//; s/ *$//')
    came=$(outcome "$primitive" "$name")
    rows=$((rows + 1))
    case " or $expected or " in *" or $came or "*) continue ;; esac
    echo "$primitive $name: the table says: $expected"
    echo "    Go says: $came"
    failed=1
done <"$table"
echo "$rows rows compared"
[ $rows -gt 150 ] || failed=1
exit $failed
