#!/bin/bash
# check.sh [--update] BIN PAGE…: are the programs and outputs in the pages what the tools really do?
#
# In a page, `<!-- file: NAME -->` before a fenced block makes the block the contents of NAME; `<!-- file: NAME = PATH -->`
# requires besides that it is the same as PATH in the tree. `<!-- run -->` before a fenced block runs each of its lines
# that begins with `$ `, in one shell, in a folder that has the files so far and examples/, with BIN first on PATH; the lines after it
# must be what it prints, standard error included. --update writes what it prints into the page instead.
set -uo pipefail
update=no
[ "$1" = --update ] && update=yes && shift
bin=$(cd "$1" && pwd)
shift
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
unset GOMAXPROCS "${!GORO_@}"
export LC_ALL=C.UTF-8 TERM=dumb PATH=$bin:$PATH

# Where the reader of a page is: the mark before the next block, the kind of block it is in (none, file, run, other),
# the file that a block makes and the one in the tree that it must be the same as.
mark='' block=none name='' twin=''

open_block() {
    case $mark in
    'file: '*' = '*) block=file name=${mark#file: } twin=$root/${mark#* = } name=${name% = *} ;;
    'file: '*) block=file name=${mark#file: } twin='' ;;
    run) block=run ;;
    *) block=other ;;
    esac
    mark=''
    [ "$block" != file ] || : >"$name"
}

close_block() {
    if [ "$block" = file ] && [ -n "$twin" ] && ! cmp -s "$name" "$twin"; then
        echo "the block of $name is not the same as $twin" >&2
        : >"$dir/faults"
    fi
    block=none
}

last_status=0
run_line() { # "$ command"
    (exit "$last_status") # so that `echo $?` can be a line of its own
    eval "${1#$ }" >"$dir/output" 2>&1 </dev/null
    last_status=$?
    cat "$dir/output"
}

run_page() { # prints the page as it should be
    local line
    while IFS= read -r line || [ -n "$line" ]; do
        if [ "$block" = none ]; then
            printf '%s\n' "$line"
            case $line in
            '<!-- '*' -->') mark=${line#<!-- } mark=${mark% -->} ;;
            '```'*) open_block ;;
            ?*) mark='' ;;
            esac
        elif [ "$line" = '```' ]; then
            close_block
            printf '%s\n' "$line"
        elif [ "$block" != run ]; then
            printf '%s\n' "$line"
            [ "$block" = other ] || printf '%s\n' "$line" >>"$name"
        elif [ "${line#$ }" != "$line" ]; then
            printf '%s\n' "$line"
            run_line "$line"
        fi
    done <"$1"
}

# write_page PAGE: what it should be now, into $dir/page.
write_page() {
    rm -rf "$dir"
    mkdir -p "$dir/work"
    ln -s "$root/examples" "$dir/work/examples"
    (cd "$dir/work" && run_page "$1" >"$dir/page" 2>"$dir/complaints")
}

is_current() {
    write_page "$1"
    cmp -s "$1" "$dir/page" && [ ! -e "$dir/faults" ]
}

faults=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for page; do
    page=$(cd "$(dirname "$page")" && pwd)/$(basename "$page")
    if [ "$update" = yes ]; then
        write_page "$page"
        cmp -s "$page" "$dir/page" || cat "$dir/page" >"$page"
    elif ! is_current "$page"; then
        diff -u --label "$page" --label 'as it is now' "$page" "$dir/page"
        echo "$(basename "$page") is not current; tests/pages/check.sh --update brings it up to date"
        faults=$((faults + 1))
    fi
    cat "$dir/complaints"
done
[ "$faults" = 0 ]
