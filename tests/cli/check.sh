#!/bin/bash
# check.sh BIN SOURCE: goro-race from outside: exit statuses, what is passed through, and bad input of every kind, each with a
# message that names what is wrong.
set -uo pipefail
bin=$1
source=$2
race=$bin/goro-race
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
unset GOMAXPROCS "${!GORO_@}"
export LC_ALL=C.UTF-8

checks=0
faults=0
# check TITLE STATUS TEXT COMMAND…: it ends with the status (or one of them: 125|127), and its output, standard error
# included, has the text (`!text`: has it not).
check() {
    local title=$1 statuses=$2 text=$3 output status=0 ok=yes
    shift 3
    checks=$((checks + 1))
    output=$(timeout 60 "$@" 2>&1 </dev/null) || status=$?
    [[ "|$statuses|" == *"|$status|"* ]] || ok=no
    case $text in
    '!'*) [[ $output == *"${text#!}"* ]] && ok=no ;;
    *) [[ $output == *"$text"* ]] || ok=no ;;
    esac
    [ "$ok" = yes ] && return
    faults=$((faults + 1))
    printf '%s: expected status %s and "%s", came status %s and:\n%s\n  from: %s\n\n' "$title" "$statuses" "$text" "$status" "$output" "$*"
}

cp "$source/examples/racy_counter.c" racy.c
cp "$source/examples/racy_counter_fixed.c" fixed.c
cat >own.c <<'TEXT'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
int main(int argc, char **argv) {
    char line[100] = "nothing\n";
    for (int i = 1; i < argc; i++) printf("[%s]", argv[i]);
    if (getenv("OWN")) printf("{%s}", getenv("OWN"));
    if (argc > 1 && !strcmp(argv[1], "read")) printf("%s", fgets(line, sizeof line, stdin) ? line : "end of file");
    if (argc > 1 && !strcmp(argv[1], "die")) raise(SIGSEGV);
    fflush(stdout);
    return argc > 2 ? atoi(argv[2]) : 0;
}
TEXT
"$bin/goro-cc" -race -g racy.c -o racy && "$bin/goro-cc" -race -g own.c -o own && "$bin/goro-cc" -g own.c -o plain ||
    { echo 'goro-cc does not compile the programs'; exit 1; }
cp racy no-debug && strip -g no-debug
cp racy stripped && strip stripped
echo 'not a program' >text && chmod +x text
cp racy locked && chmod 644 locked
printf 'int main(void) { return undeclared; }\n' >wrong.c

# -- what is the program's own ---------------------------------------------------------------------------------
check "the program's own exit status" 7 '[x][7]' "$race" ./own x 7
check 'a report that cannot be written is no success' 125 'writing /dev/full failed' "$race" --sarif /dev/full ./own x 0
check 'arguments that look like options' 0 '[--seed][0][--]' "$race" -- ./own --seed 0 --
check 'arguments with blanks' 0 '[a  b][0][]' "$race" ./own 'a  b' 0 ''
check 'the environment' 0 '{of mine}' env 'OWN=of mine' "$race" ./own
check 'standard input' 0 'a line' sh -c 'echo a line | "$1" ./own read' sh "$race"
check 'standard output alone' 0 '[x][0]' sh -c 'test "$("$1" ./racy 2>/dev/null)" = "counted 2000 of 2000"; "$1" ./own x 0' sh "$race"
check 'a program that dies of a signal' 139 '' "$race" ./own die
check 'a program found along PATH' 7 '[x][7]' env "PATH=$dir:$PATH" "$race" own x 7

# -- the same run again ------------------------------------------------------------------------------------------
cat >drawn.c <<'TEXT'
#include <stdio.h>
#include <sys/random.h>
int main(void) {
    unsigned drawn = 0;
    if (getrandom(&drawn, sizeof drawn, 0) != sizeof drawn) return 1;
    printf("first\n%u\n", drawn);
    return 0;
}
TEXT
"$bin/goro-cc" -race -g drawn.c -o drawn
check '--check-determinism' 66 'with seed 7 were the same' "$race" --check-determinism --seed 7 ./racy
check '--check-determinism of a quiet program' 7 '[x][7]' "$race" --check-determinism ./own x 7
check '--check-determinism names the first difference' 66 'differ first in line 2 of their standard output' "$race" --check-determinism ./drawn
check '--check-determinism and --parallel' 125 'exclude each other' "$race" --check-determinism --parallel ./racy
check '--virtual-time and --parallel' 125 'exclude each other' "$race" --virtual-time --parallel ./racy
cat >place.c <<'TEXT'
#include <stdio.h>
static int here;
int main(void) {
    int there;
    printf("%p %p\n", (void *)&here, (void *)&there);
    return 0;
}
TEXT
"$bin/goro-cc" -race -g place.c -o place
check 'addresses are the same in every run' 0 'were the same' "$race" --check-determinism ./place

# -- findings ---------------------------------------------------------------------------------------------------
check 'a race' 66 'GR001' "$race" ./racy
check 'a race names its line' 66 'racy.c:16' "$race" ./racy
check 'the repaired twin' 0 '!GR0' "$race" fixed.c
check 'compile and run' 66 'GR001' "$race" racy.c
check 'compile and run with arguments' 7 '[x][7]' "$race" own.c -- x 7
check '--exit-code' 3 'GR001' "$race" --exit-code 3 ./racy
check '--exit-code 0' 0 'GR001' "$race" --exit-code 0 ./racy
check '--json' 66 '"code"' sh -c '"$1" --json out.json ./racy; status=$?; cat out.json; exit $status' sh "$race"
check '--json to stdout' 66 '"GR001"' sh -c '"$1" --json - ./racy 2>/dev/null' sh "$race"
check 'without goro-race the program still reports' '0|66' 'GR001' env "PATH=$bin:$PATH" ./racy
check 'no debug information' 66 'count' "$race" ./no-debug
check 'no debug information is said' 66 'debug information' "$race" ./no-debug
check 'a stripped program' 66 'GR001' "$race" ./stripped

# -- what runs into a wall says so once, in words ----------------------------------------------------------------
cat >stuck.c <<'TEXT'
#include <goro.h>
int main(int argc, char **argv) {
    chan(int) c = argc > 1 ? chan_make(int, 0) : NULL;
    if (argc > 2) goro_panic("of %s own", argv[2]);
    if (argc > 1 && *argv[1] == 'c') chan_close(c);
    chan_send(c, 1);
    return 0;
}
TEXT
"$bin/goro-cc" -race -g stuck.c -o stuck
check 'all asleep' 66 'GD001 deadlock: all goroutines are asleep' "$race" ./stuck sleep
check 'all asleep: no second dump' 66 '!chan send' "$race" ./stuck sleep
check 'a panic with a finding' 66 'panic: send on closed channel' "$race" ./stuck close
check 'a panic with a finding: no second stack' 66 '!goroutine 1 [running]' "$race" ./stuck close
check 'a NULL channel' 66 'GC003' "$race" ./stuck
check 'a NULL channel is one finding' 66 '!GD001' "$race" ./stuck
check 'a dump for who asks' 66 'goroutine 1 [chan send' env GORO_TRACEBACK=all "$race" ./stuck sleep
check 'a panic of its own keeps its stack' 2 'goroutine 1 [running]' "$race" ./stuck x their
check 'without goro-race the dump stays' 2 'goroutine 1 [chan send' env GORO_RACE_OPTIONS=report=0:exitcode=0 ./stuck sleep

# a deadlock is drawn, by what the locale can show
"$bin/goro-cc" -race -g "$source/tests/programs/deadlock/ab_ba.c" -o cycle
check 'a cycle is drawn' 66 $'\u250c\u2500\u25b6 goroutine ' "$race" --seed 1 ./cycle
check 'with what each holds and wants' 66 ' holds a and wants b' "$race" --seed 1 ./cycle
check 'in ASCII' 66 '+-> goroutine ' env LC_ALL=C "$race" --seed 1 ./cycle
check 'the stable form does not ask for the locale' 66 '+-> goroutine ' "$race" --stable --seed 1 ./cycle
check 'no cycle, no drawing' 66 '!+->' env LC_ALL=C "$race" ./stuck sleep
check 'the usual help fits a screen' 0 'fits' sh -c '"$1" --help | awk "length > 80 { wide = 1 } END { print NR <= 24 && !wide ? \"fits\" : \"too large\" }"' sh "$race"
check 'colours for a terminal' 66 $'\033[' script -qec "'$race' ./racy" /dev/null
check 'no colours for a file' 66 $'!\033[' "$race" ./racy

# -- bad input ---------------------------------------------------------------------------------------------------
check 'no such program' 127 'nosuch' "$race" ./nosuch
check 'no such program along PATH' 127 'nosuch' "$race" nosuch
check 'not executable' 126 'locked' "$race" ./locked
check 'not an ELF file' 126 'text' "$race" ./text
check 'a folder' 126 "$dir" "$race" "$dir"
check 'no instrumentation' 7 'memory accesses cannot be seen' "$race" ./plain x 7
check 'an unknown option' 125 '--sede' "$race" --sede 5 ./own
check 'an option without its value' 125 '--seed' "$race" --seed
check 'a value that is no number' 125 'many' "$race" --seed many ./own
check 'no program at all' 125 'PROGRAM' "$race"
check 'no such source file' '125|127' 'nosuch.c' "$race" nosuch.c
check 'a source file that does not compile' 125 'undeclared' "$race" wrong.c
check 'a report file that cannot be written' 125 '/nonexistent/out.json' "$race" --json /nonexistent/out.json ./own
check 'explain' 0 'GR001' "$race" explain GR001
check 'explain what is no code' 125 'GR999' "$race" explain GR999
check '--version' 0 '0.' "$race" --version
check '--help' 0 '--json' "$race" --help
check '--timeout' '143|137|124|128|125|142|66' '' "$race" --timeout 1s sleep 30

echo "$checks checks, $faults failed"
[ "$faults" = 0 ]
