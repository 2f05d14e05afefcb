#!/bin/bash
# Functions, files, lines and variables, whatever the program was built with.
. "$(dirname "$0")/common.sh"
support || exit 1
bump=$(line_of bump) deposit=$(line_of deposit) worker=$(line_of unlocked_worker) locked=$(line_of locked_worker)

frame() { printf '"function":"%s","file":"%s","line":%s' "$1" "$2" "$3"; }

# Every frame of both stacks, the inlined one marked, and the variable.
check_full() { # TITLE PROGRAM
    local found
    found=$("$race" --json - "$2" field 2>/dev/null)
    has "$1: inlined" "$(frame bump fixture.c "$bump")(,\"column\":[0-9]+)?,\"inlined\":true" "$found"
    has "$1: caller of the inlined" "$(frame deposit fixture.c "$deposit")" "$found"
    has "$1: outer frame" "$(frame unlocked_worker fixture.c "$worker")" "$found"
    has "$1: the other stack" "$(frame locked_worker fixture.c "$locked")" "$found"
    has "$1: the variable" '"name":"table\[3\].balance\[2\].cents",("[a-z]*":[^,]*,)*"type":"int"' "$found"
    lacks "$1: nothing behind the goroutine's function" '"function":"(main|_start|__libc_start_main)"' \
        "$(sed 's/.*"stacks"://; s/"accesses".*//' <<<"$found")"
}

compilers=()
for compiler in gcc clang; do command -v $compiler >/dev/null && compilers+=($compiler); done
for compiler in "${compilers[@]}"; do
    for flags in '-O0' '-O2' '-O2 -gdwarf-4' '-O1 -gdwarf-5' '-O2 -no-pie' '-O0 -no-pie -gdwarf-4'; do
        case $flags in *no-pie*) more='-fno-pie' ;; *) more='-fPIE -pie' ;; esac
        [ $compiler = clang ] && more+=' -Wno-unused-command-line-argument'
        # shellcheck disable=SC2086
        build prog $compiler -g $flags $more && check_full "$compiler $flags" ./prog
    done
done

# a path with blanks, and a program below another directory
mkdir 'a folder'
build 'a folder/my prog' gcc -g -O1 && check_full 'a path with blanks' './a folder/my prog'

# compressed debug sections
build prog gcc -g -O1 -gz=zlib && check_full 'compressed sections' ./prog

build prog gcc -g -O1 -gz=zlib-gnu 2>/dev/null && check_full 'compressed sections, as they were before the standard' ./prog
# split: what is not needed for addresses lies in a .dwo file
for compiler in "${compilers[@]}"; do
    for version in 4 5; do
        build prog $compiler -g -O1 -gsplit-dwarf -gdwarf-$version && check_full "$compiler, split, DWARF $version" ./prog
        rm -f ./*.dwo
    done
done

# debug information in a file of its own, found by its link; without it, and with that of another build, there is none
build prog gcc -g -O2 -Wl,--build-id=none
objcopy --only-keep-debug prog prog.debug && strip prog && objcopy --add-gnu-debuglink=prog.debug prog
check_full 'debuglink' ./prog
mkdir .debug && mv prog.debug .debug/
check_full 'debuglink, in .debug' ./prog
printf x >>.debug/prog.debug
lacks 'debuglink: a file with another checksum is not believed' 'fixture.c' "$("$race" --json - ./prog field 2>/dev/null)"
rm -r .debug

# found by the build id, in a folder as distributions have it
build prog gcc -g -O2 -Wl,--build-id=0x0123456789abcdef0123456789abcdef01234567
mkdir -p debug/.build-id/01
objcopy --only-keep-debug prog debug/.build-id/01/23456789abcdef0123456789abcdef01234567.debug && strip prog
GORO_DEBUG_PATH=$PWD/debug check_full 'build id' ./prog
lacks 'build id: gone' 'fixture.c' "$("$race" --json - ./prog field 2>/dev/null)"

# a shared object opened at run time, or closed again; whole, with its debug information elsewhere, and stripped
cp "$here/closed.c" "$here/called.c" .
gcc -D_GNU_SOURCE -g -I"$root" closed.c support.o -ldl -o closed || exit 1
in_library=$(grep -n 'line: library' called.c | cut -d: -f1)
in_main=$(grep -n 'line: main' closed.c | cut -d: -f1)
for way in open closed; do
    for compiler in "${compilers[@]}"; do
        $compiler -g -O1 -fPIC -shared called.c -o called.so
        found=$("$race" --json - ./closed $way 2>/dev/null)
        has "$compiler library, $way: its call" "$(frame library_call called.c "$in_library")" "$found"
        has "$compiler library, $way: the program's" "$(frame main closed.c "$in_main")" "$found"
        objcopy --only-keep-debug called.so called.debug && strip called.so && objcopy --add-gnu-debuglink=called.debug called.so
        has "$compiler library, $way: debuglink" "$(frame library_call called.c "$in_library")" "$("$race" --json - ./closed $way 2>/dev/null)"
        rm called.debug
        found=$("$race" --json - ./closed $way 2>/dev/null)
        has "$compiler library, $way: stripped, its exported name" '"function":"library_call","file":null,"line":0,"module":"called.so"' "$found"
        has "$compiler library, $way: the program's beside it" "$(frame main closed.c "$in_main")" "$found"
    done
done

# code that is in no file
found=$("$race" --json - ./closed made 2>err)
has 'made code: said in JSON' '"function":null,"file":null,"line":0,"module":"\[anonymous\]"' "$found"
has 'made code: said in the text' '^ +\? +\[anonymous\]( |$)' "$(cat err)"
lacks 'made code: no address' '0x[0-9a-f]+' "$(cat err)"
has 'made code: the calls around it' "$(frame main closed.c "$in_main")" "$found"
echo "$found" >made.jsonl
same 'made code: merged it is the same' "$found" "$("$race" merge --json - made.jsonl 2>/dev/null | sed 's/,"runs":1//')"

# no debug information: functions from the symbol table, and a word about it
build prog gcc -O2
found=$("$race" ./prog 2>&1)
has 'no -g: function' 'deposit +prog' "$found"
has 'no -g: variable' 'data race on counter' "$found"
has 'no -g: told' 'no debug information: build with -g' "$found"

# the same beside a part that has it, as in a program with the runtime linked in
echo 'int with_debug_information;' >part.c
gcc -g -c part.c -o part.o
build prog gcc -O2 -Wl,part.o
found=$("$race" ./prog 2>&1)
has 'no -g beside -g: told' 'no debug information for this part of it: build with -g' "$found"

# stripped: module and offset
build prog gcc -g -O2 && strip prog
found=$("$race" ./prog 2>&1)
has 'stripped: place' 'prog\+0x[0-9a-f]+' "$found"
has 'stripped: told' 'no debug information' "$found"
lacks 'stripped: no made-up names' 'deposit' "$found"

# the file that is there now is not the one that ran
# the reporter opens the file when the finding arrives: it is replaced before, by a program that waits
cat >late.c <<'TEXT'
#include "sender.h"
int main(void) {
    static struct sender_stack s;
    static struct finding f = {.code = "GR001", .access_count = 1, .task_count = 1};
    sender_capture(&s);
    sender_hello();
    if (rename("replacement", "late") != 0) return 1;
    f.accesses[0].stack = sender_frames(&s);
    sender_finding(&f);
    sender_goodbye(1);
    return 0;
}
TEXT
gcc -D_GNU_SOURCE -g -I"$root" late.c support.o -Wl,--build-id=0x33333333333333333333333333333333 -o late
gcc -D_GNU_SOURCE -g -O2 -I"$root" late.c support.o -Wl,--build-id=0x44444444444444444444444444444444 -o replacement
found=$("$race" ./late 2>&1)
has 'changed: told' 'has changed since the program ran' "$found"
lacks 'changed: no line of the wrong file' 'late.c:' "$found"
finish
