#!/bin/bash
# limits.sh FAULT_PROGRAMS: the runtime where there is little: of descriptors, memory, threads, /proc, or sense in GOMAXPROCS.
# A program must do what it does otherwise, or it or the runtime say in one line what it did not get (run_faults.c).
# What this machine does not allow to be tried is said, and not counted.
set -uo pipefail

exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- # what ctest leaves open would be missing below
programs=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
checks=0
failures=0

expected() {
    case $1 in
    timers) echo timers 1 1 ;;
    sockets) echo sockets 21 1 ;;
    network) echo network 21 ;;
    notify) echo notify 3 ;;
    many) echo 400 sum 80200 ;;
    crowd) echo 1500 sum 1125750 ;;
    processors) echo processors 2 ;;
    threads) echo threads 14 ;;
    esac
}

failed() {
    failures=$((failures + 1))
    printf '%s\n' "$1: ended with $status" '--- stdout' "$(cat "$scratch/out")" '--- stderr' "$(cat "$scratch/err")" '---'
}

# run SETTING PROGRAM: with a setting, which is a piece of shell.
run() {
    checks=$((checks + 1))
    status=0
    (eval "$1" && exec timeout -k 2 30 "$programs" "$2") >"$scratch/out" 2>"$scratch/err" || status=$?
}

did_all() { [ "$status" = 0 ] && [ "$(cat "$scratch/out")" = "$(expected "$1")" ] && [ ! -s "$scratch/err" ]; }

said_why() {
    case $status in
    2) grep -q '^goro: .* failed: .*(.*ulimit' "$scratch/err" ;;
    3) grep -q '^program: .*: E[A-Z]*$' "$scratch/err" ;;
    *) return 1 ;;
    esac
}

must_do() { # SETTING PROGRAM
    run "$@"
    did_all "$2" || failed "$1: $2"
}

may_do() { # SETTING PROGRAM
    run "$@"
    did_all "$2" || said_why || failed "$1: $2"
}

must_say() { # SETTING PROGRAM WORDS
    run "$1" "$2"
    said_why && grep -q -- "$3" "$scratch/err" || failed "$1: $2: no '$3'"
}

echo '== descriptors'
for n in 4 5 6 7 8 9; do
    for name in timers sockets network notify many; do may_do "ulimit -n $n" $name; done
done
must_say 'ulimit -n 4' timers '^goro: eventfd failed: .*ulimit -n'
must_do 'ulimit -n 4' many
must_do 'ulimit -n 24' network

echo '== memory'
export GOMAXPROCS=1
for kib in 460000 200000 100000 60000 40000; do
    for name in timers crowd network; do may_do "ulimit -v $kib" $name; done
done
must_do 'ulimit -v 480000' crowd
must_say 'ulimit -v 100000' crowd '^goro: mmap failed: .*stacks (ulimit -v'
must_do 'export GORO_STACK=16K; ulimit -v 100000' crowd
unset GOMAXPROCS

echo '== threads'
if [ "$(id -u)" != 0 ]; then
    must_say 'ulimit -u 1' many '^goro: pthread_create failed: .*ulimit -u'
elif setpriv --reuid 54321 --clear-groups test -x "$programs" 2>/dev/null; then
    plain=$programs
    printf '#!/bin/bash\nulimit -u 1; exec setpriv --reuid 54321 --clear-groups "%s" "$1"\n' "$plain" >"$scratch/as_other"
    chmod +x "$scratch/as_other"
    programs=$scratch/as_other
    must_say : many '^goro: pthread_create failed: .*ulimit -u'
    programs=$plain
else
    echo 'skipped: there is no other user who could be kept from making threads'
fi

echo '== no /proc, no /sys'
if unshare -rm sh -c 'mount -t tmpfs none /proc && mount -t tmpfs none /sys' 2>/dev/null; then
    plain=$programs
    printf '#!/bin/sh\nexec unshare -rm sh -c "mount -t tmpfs none /proc && mount -t tmpfs none /sys && exec \\"%s\\" $1"\n' \
        "$plain" >"$scratch/without"
    chmod +x "$scratch/without"
    programs=$scratch/without
    for name in timers sockets network notify many processors threads; do must_do : $name; done
    programs=$plain
else
    echo 'skipped: mounts are not allowed here'
fi

echo '== GOMAXPROCS'
run 'unset GOMAXPROCS' count
usual=$(cat "$scratch/out")
other=$((usual + 1))
is() { # VALUE COUNT
    run "export GOMAXPROCS='$1'" count
    [ "$status" = 0 ] && [ "$(cat "$scratch/out")" = "$2" ] || failed "GOMAXPROCS='$1', wanted $2"
}
is "$other" "$other"
for garbage in '' x -1 0 "${other}x" "+$other" " $other" "$other " "$other.5" 4294967297 99999999999999999999; do
    is "$garbage" "$usual"
done

echo "limits: $checks checks, $failures failures"
[ "$failures" = 0 ]
