#!/bin/sh
# check.sh SPIN CC MODEL [FAULT...]: the model has no error in any interleaving, and has one with each fault switched on.
# A fault must show as a violated assertion or as processes that wait for each other, and not as a search that was cut.
set -eu
spin=$1 cc=$2 model=$3
shift 3
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
cp "$model" "$dir/model.pml"
cd "$dir"

errors() { # the number of errors that an exhaustive search finds
    "$spin" "$@" -a model.pml >spin.out || { cat spin.out >&2; exit 1; }
    "$cc" -O2 -w -DSAFETY -o pan pan.c
    ./pan -m1000000 >pan.out 2>&1
    grep -q 'max search depth too small' pan.out && { echo "the search was cut" >&2; exit 1; }
    sed -n 's/.*errors: \([0-9]*\)$/\1/p' pan.out
}

found=$(errors)
[ "$found" = 0 ] || { cat pan.out; "$spin" -t -p model.pml | tail -40; exit 1; }
for fault; do
    found=$(errors "-D$fault")
    [ "$found" -gt 0 ] || { echo "the model holds even with $fault: it checks nothing"; exit 1; }
    grep -q 'assertion violated\|invalid end state' pan.out || { cat pan.out; echo "$fault fails for another reason"; exit 1; }
done
