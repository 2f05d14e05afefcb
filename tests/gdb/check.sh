#!/bin/bash
# check.sh BUILD SOURCE: goroutines in gdb: of a program linked with the archive and with the shared library, of a core file,
# of a running process (which must go on), and at findings.
set -uo pipefail
build=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
here=$source/tests/gdb
if ! command -v gdb >/dev/null || [ "$(gdb -nx -batch -ex 'python print("y")' 2>/dev/null)" != y ]; then
    echo 'skipped: there is no gdb with Python'
    exit 77
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
unset "${!GORO_@}"
export GOMAXPROCS=1 LC_ALL=C.UTF-8 LD_LIBRARY_PATH=$build/lib HOME=$dir DEBUGINFOD_URLS=
script=$build/share/goro/goro-gdb.py

checks=0
faults=0
output=''
has() { # TITLE PATTERN: the last output has it
    checks=$((checks + 1))
    grep -Eq -- "$2" <<<"$output" && return
    faults=$((faults + 1))
    printf '%s: expected something like\n  %s\nin\n%s\n\n' "$1" "$2" "$output"
}
lacks() {
    checks=$((checks + 1))
    grep -Eq -- "$2" <<<"$output" || return 0
    faults=$((faults + 1))
    printf '%s: expected nothing like\n  %s\nin\n%s\n\n' "$1" "$2" "$output"
}
line() { grep -n "line: $1 " "$here/stand.c" | head -1 | cut -d: -f1; }
debug() { # ARGUMENTS…: gdb with the script, in a batch
    output=$(timeout 200 gdb -nx -q -batch -ex "source $script" "$@" 2>&1 </dev/null)
}

look() { # TITLE: what must be seen of stand_here
    has "$1: main" "^  goroutine 1 \[running\] stand_here at .*stand.c:"
    has "$1: a sender" "^  goroutine 2 \"sender\" \[chan send 0x[0-9a-f]+\] send_values at .*stand.c:$(line sender)$"
    has "$1: a locker" "^  goroutine 3 \[mutex mu \(0x[0-9a-f]+\)\] lock_deep at .*stand.c:$(line locker)$"
    has "$1: a select" "^  goroutine 4 \[select.*\] choose at .*stand.c:"
    has "$1: a writer" "^  goroutine 5 \[rwmutex rw \(0x[0-9a-f]+\)\] write_lock at .*stand.c:$(line writer)$"
    has "$1: a deep stack" '^#3 +lock_deep \(depth=(3|<optimized out>)\) at'
    has "$1: who started it" "^created by main \(goroutine 1\) at .*stand.c:"
    has "$1: a variable of a goroutine's" '^\$[0-9]+ = 5$'
    has "$1: a full channel" '^  0x[0-9a-f]+: 3 of 3 values, open, sending: goroutine 2$'
    has "$1: the select's receive" '^  0x[0-9a-f]+: unbuffered, open, receiving: goroutine 4$'
    has "$1: the select's send" '^  0x[0-9a-f]+: unbuffered, open, sending: goroutine 4$'
    has "$1: a mutex" '^  mu \(0x[0-9a-f]+\): mutex locked by goroutine 1, waiting: goroutine 3$'
    has "$1: an rwmutex" '^  rw \(0x[0-9a-f]+\): rwmutex read-locked by 1, waiting: goroutine 5$'
    has "$1: a WaitGroup" '^  wg \(0x[0-9a-f]+\): wait group counter 4$'
    has "$1: print mu" '^\$[0-9]+ = locked by goroutine 1, waiting: goroutine 3$'
    has "$1: print wg" '^\$[0-9]+ = counter 4$'
    has "$1: print a channel" '^\$[0-9]+ = chan\(int\) 0x[0-9a-f]+, 3 of 3 values, open, sending: goroutine 2 = \{\[0\] = 0, \[1\] = 11, \[2\] = 22\}$'
    has "$1: print a channel of nothing" '^\$[0-9]+ = chan\(goro_empty\) 0x[0-9a-f]+, unbuffered, open, sending: goroutine 4$'
    has "$1: what was selected is selected again" '^Run till exit|^stand_here \(\) at|^#0  stand_here'
    lacks "$1: no error" 'Error|Traceback|error:'
}
commands=(-ex 'info goroutines' -ex 'goroutine all bt' -ex 'goroutine 2 p n' -ex 'info channels' -ex 'info locks'
    -ex 'p mu' -ex 'p wg' -ex 'p results' -ex 'p signals' -ex 'frame')

# what optimisation leaves of an argument is the compiler's affair
for way in 'static -O0' 'shared -O2'; do
    read -r kind level <<<"$way"
    GORO_CC=gcc "$build/bin/goro-cc" --goro-$kind -g $level "$here/stand.c" -o stand || exit 1
    debug -ex 'break stand_here' -ex run "${commands[@]}" ./stand
    output=$(sed 's/^\$\([0-9]*\) = <optimized out>$/$\1 = 5/' <<<"$output")
    look "$way"
    lacks "$way: goro's own frames are left out" '^#[0-9]+ +(waiter_park|goro_stack_main)'
done
debug -ex 'break stand_here' -ex run -ex 'goroutine 3 bt -all' -ex 'goroutine 99 bt' ./stand
has 'bt -all' '^#[0-9]+ +goro_stack_main'
has 'no such goroutine' 'There is no goroutine 99'
debug -ex start -ex 'info goroutines' true
lacks 'a program without goro: no traceback' 'Traceback'

# a core file, as the kernel writes it (gdb's own generate-core-file leaves out stacks that have guard pages in them)
pattern=$(cat /proc/sys/kernel/core_pattern)
if [[ $pattern == core* ]] && (ulimit -c unlimited) 2>/dev/null; then
    mkfifo dead
    (ulimit -c unlimited && exec ./stand <dead >standing) 2>/dev/null &
    pid=$!
    exec 7>dead
    until grep -q standing standing 2>/dev/null; do sleep 0.05; done
    kill -XCPU $pid
    wait $pid 2>/dev/null
    debug "${commands[@]}" ./stand "$(ls core* | head -1)"
    has 'a core file: a sender' "^  goroutine 2 \"sender\" \[chan send 0x[0-9a-f]+\] send_values at .*stand.c:$(line sender)$"
    has 'a core file: a locker' "^  goroutine 3 \[mutex mu \(0x[0-9a-f]+\)\] lock_deep at .*stand.c:$(line locker)$"
    has 'a core file: a channel' '^  0x[0-9a-f]+: 3 of 3 values, open, sending: goroutine 2$'
    has 'a core file: a lock' 'mutex locked by goroutine 1, waiting: goroutine 3$'
else
    echo "skipped, as there are no core files here (limit $(ulimit -Hc), pattern $pattern): goroutines in a core file"
fi

# a running process: it is looked at, and goes on
mkfifo in out
./stand <in >out &
pid=$!
exec 5>in 6<out
read -r said <&6
output=$(timeout 200 "$build/bin/goro-race" --attach $pid 2>&1)
status=$?
has 'attach: main waits for I/O' "^goroutine 1 \[IO wait\]:"
has 'attach: where' "^#0 +main \(\) at .*stand.c:$(line reader)$"
has 'attach: channels' '^  0x[0-9a-f]+: 3 of 3 values, open, sending: goroutine 2$'
has 'attach: locks' 'mutex locked by goroutine 1, waiting: goroutine 3$'
lacks 'attach: nothing of gdb itself' 'LWP|detached|\?\?|libthread_db'
output="$status $said"
has 'attach: status' '^0 standing$'
echo x >&5
read -r output <&6
wait $pid
output="$? $output"
has 'the process has gone on' '^0 all ended$'
output=$("$build/bin/goro-race" --attach $pid 2>&1; echo $?)
has 'no such process' "there is no process $pid"
has 'no such process: status' '^125$'
output=$(timeout 200 "$build/bin/goro-race" --attach $$ 2>&1; echo $?)
has 'a process without goro' 'does not use goro'
has 'a process without goro: status' '^125$'

# at a finding
"$build/bin/goro-cc" -race -g "$source/examples/racy_counter.c" -o racy || exit 1
output=$(printf 'run\ninfo goroutines\nbt\nset confirm off\ncontinue\nkill\nquit\n' | timeout 200 "$build/bin/goro-race" --seed 1 --gdb ./racy 2>&1; echo "status $?")
has '--gdb stops at the finding' 'goro: a finding, GR001, number 1'
has '--gdb: the stack leads to the place' '^#[0-9]+ .*count \(wg='
has '--gdb: goroutines' '^\(gdb\)   goroutine 1 \[wait group|^  goroutine 1 \[wait group'
has '--gdb: the running one' 'goroutine [23] \[running\] count at .*racy_counter.c:'
has '--gdb: the report comes' 'GR001 data race on counter'
has '--gdb: status' 'status 66$'
output=$(printf 'run\n' | timeout 200 "$build/bin/goro-race" --gdb "$source/examples/racy_counter_fixed.c" 2>&1; echo "status $?")
has '--gdb compiles, and a good program ends' 'exited normally'
has '--gdb: status without a finding' 'status 0$'
output=$(env PATH=/nowhere "$build/bin/goro-race" --gdb ./racy 2>&1; echo "status $?")
has 'no gdb' 'gdb is not on PATH'

# where gdb loads it by itself
cmake --install "$build" --prefix "$dir/usr" >/dev/null
output=$(cd "$dir/usr/share/gdb/auto-load" && find . -name '*-gdb.py')
has 'auto-load: libgoro' "^\.$dir/usr/lib.*/libgoro\.so\.0-gdb\.py$"
has 'auto-load: libgoro_race' "^\.$dir/usr/lib.*/libgoro_race\.so\.0-gdb\.py$"
lib=$(dirname "$(find "$dir/usr" -name libgoro.so.0)")
output=$(LD_LIBRARY_PATH=$lib timeout 200 gdb -nx -q -batch -iex "add-auto-load-scripts-directory $dir/usr/share/gdb/auto-load" \
    -iex "add-auto-load-safe-path $dir" -ex 'break stand_here' -ex run -ex 'info goroutines' ./stand 2>&1)
has 'gdb loads it with the shared library' '^  goroutine 2 "sender" \[chan send'
same_folder=(-iex "add-auto-load-safe-path $build" -ex 'break stand_here' -ex run -ex 'info goroutines')
output=$(timeout 200 gdb -nx -q -batch "${same_folder[@]}" ./stand 2>&1)
has 'gdb loads it in a build tree' '^  goroutine 2 "sender" \[chan send'
output=$(timeout 200 gdb -nx -q -batch "${same_folder[@]}" -ex "source $script" -ex 'print mu' ./stand 2>&1)
has 'loaded twice it works once' '^\$1 = locked by goroutine 1, waiting: goroutine 3$'
lacks 'loaded twice: no error' 'Error|Traceback|error:'
cp "$script" .
output=$(timeout 60 gdb -nx -q -batch -ex 'source goro-gdb.py' 2>&1)
has 'alone it says what is missing' 'goro_gdb is missing'
same_files=$(diff -r "$build/share/goro/goro_gdb" "$dir/usr/share/goro/goro_gdb" 2>&1)
output=${same_files:-none}
has 'gdb leaves nothing beside its modules' '^none$'

echo "$checks checks, $faults failed"
[ "$faults" = 0 ]
