#!/bin/sh
# check.sh SPIN CC MODEL MUTATION: the model has no error in any interleaving, and has one with the mutation.
set -eu
spin=$1 cc=$2 model=$3 mutation=$4
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
cd "$dir"

errors() { # the number of errors that an exhaustive search finds
    "$spin" "$@" -a "$model" >spin.out || { cat spin.out; exit 1; }
    "$cc" -O2 -w -DSAFETY -o pan pan.c
    ./pan -m100000 >pan.out 2>&1
    grep -q 'max search depth too small' pan.out && { echo "the search was cut"; exit 1; }
    sed -n 's/.*errors: \([0-9]*\)$/\1/p' pan.out
}

found=$(errors)
[ "$found" = 0 ] || { cat pan.out; "$spin" -t -p "$model" | tail -40; exit 1; }
found=$(errors "-D$mutation")
[ "$found" -gt 0 ] || { echo "the model does not notice $mutation"; exit 1; }
