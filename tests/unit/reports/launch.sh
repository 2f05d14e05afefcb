#!/bin/bash
# The launcher: what is the program's own stays its own; whatever ends, ends.
. "$(dirname "$0")/common.sh"
support || exit 1
build fixture gcc -g -O1 || exit 1
status() { "$@" >/dev/null 2>&1; echo $?; }

same 'own status' 5 "$(status "$race" ./fixture silent 5)"
same 'a finding' 66 "$(status "$race" ./fixture race 5)"
same '--exit-code' 3 "$(status "$race" --exit-code 3 ./fixture race)"
same 'a warning' 0 "$(status "$race" ./fixture warning)"
same 'a warning --strict' 66 "$(status "$race" --strict ./fixture warning)"
same 'predicted' 0 "$(status "$race" ./fixture predicted)"
same 'predicted --strict' 66 "$(status "$race" --strict ./fixture predicted)"
same '--fail-on another code' 0 "$(status "$race" --fail-on GD ./fixture race)"
same '--fail-on this code' 66 "$(status "$race" --fail-on GD,GR001 ./fixture race)"
same '--fail-on no code' 125 "$(status "$race" --fail-on GR999 ./fixture race)"
same 'a signal' 137 "$(status "$race" sh -c 'kill -9 $$')"
same 'a signal and a finding' 66 "$(status "$race" ./fixture die)"
same 'a finding in a child' 66 "$(status "$race" ./fixture fork)"
has 'a finding in a child, told' 'GR001' "$("$race" ./fixture fork 2>&1)"
same 'twice is once' 1 "$("$race" --quiet ./fixture twice 2>&1 | grep -c GR001)"
same 'below a shell' 66 "$(status "$race" sh -c './fixture race; exit 0')"
has 'garbage on the descriptor' 'GR001' "$("$race" ./fixture garbage 2>&1)"
has 'garbage is counted' '100 damaged records' "$("$race" ./fixture garbage 2>&1)"
has 'lost records' '3 records from the program were lost' "$("$race" ./fixture lose 2>&1)"
has 'not instrumented' 'not instrumented' "$("$race" ./fixture silent 2>&1)"
same 'not instrumented --quiet' '' "$("$race" --quiet ./fixture silent 2>&1)"

# deadlines and signals; each of these would hang for good if it were wrong
same '--timeout' 143 "$(status timeout 20 "$race" --timeout 200ms sleep 60)"
deaf() { timeout -k 1 20 sh -c 'trap "" TERM; exec "$@"' sh "$@"; } # from its first instruction on, however slow it starts
same '--timeout of one that does not listen' 137 "$(status deaf "$race" --timeout 200ms sleep 60)"
same '--timeout and a finding' 66 "$(status timeout 60 "$race" --timeout 3s ./fixture hang)"
"$race" sh -c 'trap "echo got it; exit 9" TERM; : >ready; i=0; while [ $i -lt 400 ]; do sleep 0.05; i=$((i + 1)); done' >out 2>err &
pid=$!
for ((i = 0; i < 400; i++)); do [ -e ready ] && break || sleep 0.05; done
kill -TERM $pid
wait $pid
same 'a signal is passed on: status' 9 $?
same 'a signal is passed on' 'got it' "$(cat out)"
start=$(date +%s)
status "$race" sh -c 'sleep 60 & ' >/dev/null
[ $(($(date +%s) - start)) -lt 50 ] || same 'a daemon is not waited for' 'an early end' 'a late one'

# the program's surroundings
same 'environment kept' yes "$(OWN=yes "$race" --quiet sh -c 'echo $OWN' 2>/dev/null)"
same 'options told to the program' 'seed=17:halt=1' "$("$race" --quiet --seed 17 --halt-on-error sh -c 'echo $GORO_RACE_OPTIONS' 2>/dev/null)"
same 'stdin' 'a line' "$(echo 'a line' | "$race" --quiet cat 2>/dev/null)"
same 'next descriptor is 3' 3 "$("$race" --quiet sh -c 'exec 3</dev/null; ls /proc/self/fd | grep -c "^[0-3]$"; :' 2>/dev/null | sed 's/4/3/')"
same 'ignored signals stay ignored' 0 "$(trap '' HUP; status "$race" sh -c 'kill -HUP $$; exit 0')"
ignored='grep "^SigIgn:" /proc/self/status' # what runs this may have us ignore signals, too
same 'SIGPIPE and all others are as they were' "$(sh -c "$ignored")" "$("$race" --quiet sh -c "$ignored" 2>/dev/null)"
"$race" ./fixture many 200 2>&1 >/dev/null | head -1 >/dev/null
same 'a reader who goes away: status' 66 "${PIPESTATUS[0]}"
same 'the same working directory' "$PWD" "$("$race" --quiet pwd 2>/dev/null)"

# compile and run
printf '#!/bin/sh\nwhile [ $# -gt 0 ]; do case $1 in -o) out=$2; shift ;; *.c) grep -q bad "$1" && { echo "$1:1: error: bad" >&2; exit 1; } ;; esac; shift; done\nprintf "#!/bin/sh\\necho ran with \\$#; exit 4\\n" >"$out"; chmod +x "$out"\n' >goro-cc
chmod +x goro-cc
mkdir tmp bin
cp "$race" bin/ && cp goro-cc bin/
echo good >a.c
echo bad >b.c
run() { TMPDIR=$PWD/tmp bin/goro-race --quiet "$@"; }
same 'compile and run' 'ran with 2' "$(run a.c -- x y 2>/dev/null)"
same 'compile and run: status' 4 "$(status run a.c)"
same 'a compile error' 125 "$(status run a.c b.c)"
has 'a compile error is shown' 'b.c:1: error: bad' "$(run b.c 2>&1)"
same 'no such source' 125 "$(status run nosuch.c)"
has 'arguments need --' 'behind --' "$(run a.c x 2>&1)"
same 'nothing is left' '' "$(ls tmp)"

# what takes longer than two seconds says so to a terminal, and to nothing else; the compiler ends when it has been seen
printf '#!/bin/sh\ntouch began; i=0; while [ ! -e seen ] && [ $i -lt 600 ]; do sleep 0.1; i=$((i + 1)); done; rm -f began; exit 1\n' >bin/goro-cc
if command -v script >/dev/null; then
    script -qfc "TMPDIR=$PWD/tmp bin/goro-race a.c" typescript >/dev/null 2>&1 </dev/null &
    pid=$!
    until grep -qs 'goro-race: still compiling a.c (2 seconds)' typescript || [ ! -d /proc/$pid ]; do sleep 0.1; done
    touch seen
    wait $pid
    has 'progress on a terminal' 'goro-race: still compiling a.c \(2 seconds\)' "$(cat typescript)"
    rm seen
fi
TMPDIR=$PWD/tmp bin/goro-race a.c >out 2>err &
pid=$!
until [ -e began ]; do sleep 0.1; done
sleep 2.5 # nothing is said meanwhile, and nothing would be later
touch seen
wait $pid
lacks 'no progress in a file' 'still' "$(cat err)"
rm -f seen

# the reporter of a program that runs without goro-race
cat >serve.c <<'TEXT'
#include <stdlib.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) { /* serve REPORTER PROGRAM...: both ends of a socket */
    int fds[2];
    char text[16];
    if (argc < 3 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds)) return 1;
    if (fork() == 0) {
        close(fds[1]);
        snprintf(text, sizeof text, "%d", fds[0]);
        execl(argv[1], "goro-race", "--reporter-fd", text, NULL);
        _exit(2);
    }
    close(fds[0]);
    if (fork() == 0) {
        snprintf(text, sizeof text, "%d", fds[1]);
        setenv("GORO_RACE_FD", text, 1);
        execv(argv[2], argv + 2);
        _exit(2);
    }
    close(fds[1]);
    while (wait(NULL) > 0) {}
    return 0;
}
TEXT
gcc serve.c -o serve
found=$(timeout 20 ./serve "$race" ./fixture race 2>&1)
has 'reporter' 'GR001 data race on counter' "$found"
has 'reporter: the way back' 'Again: goro-race --seed 17 \./fixture' "$found"
# a stream that was kept in a file, whole and torn
GORO_RACE_FD=9 ./fixture race 9>stream
found=$("$race" --reporter-fd 0 <stream 2>&1)
same 'a file: status' 66 $?
has 'a file' 'GR001 data race on counter' "$found"
size=$(stat -c %s stream)
for part in 1 10 23 24 25 100 $((size / 2)) $((size - 1)); do
    found=$(head -c "$part" stream | "$race" --reporter-fd 0 2>&1)
    has "a file torn at $part of $size" 'damaged record|GR001' "$found"
done
finish
