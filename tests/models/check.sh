#!/bin/sh
# check.sh MODEL CC [-DFAULT...]: the model holds, and fails with each fault switched on.
set -eu
model=$1
cc=$2
shift 2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
run() {
    spin -a "$@" "$model" >/dev/null
    "$cc" -O1 -w -DSAFETY -o pan pan.c
    ./pan -m100000 >out
    grep -q 'errors: 0' out
}
run || { cat out; echo "the model is violated"; exit 1; }
for fault in "$@"; do
    if run "$fault"; then echo "the model holds even with $fault: it checks nothing"; exit 1; fi
    grep -q 'assertion violated' out || { cat out; echo "$fault fails for another reason"; exit 1; }
done
