# For the tests of exploration and of replays, which source it with BIN as the first argument: a scratch folder that is entered,
# and checks that are counted. Each ends by `conclude`.
bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernels=$here/kernels
race=$bin/goro-race
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
unset GOMAXPROCS "${!GORO_@}"
export LC_ALL=C.UTF-8
# In front of a command: it has one processor, the first of those that we may use (which need not be number 0).
one_cpu=(taskset -c "$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')")

checks=0 faults=0
fault() {
    faults=$((faults + 1))
    printf '%s\n' "$@"
}
# check TITLE STATUS TEXT COMMAND…: as in tests/cli.
check() {
    local title=$1 wanted=$2 text=$3 output status=0
    shift 3
    checks=$((checks + 1))
    output=$(timeout 120 "$@" 2>&1 </dev/null) || status=$?
    [ "$status" = "$wanted" ] && [[ $output == *"$text"* ]] && return
    fault "$title: expected status $wanted and \"$text\", came status $status and:" "$output"
}
conclude() {
    echo "$checks checks, $faults faults"
    [ "$faults" = 0 ] && [ "$checks" -gt 0 ]
}
