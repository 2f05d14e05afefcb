#!/bin/bash
# check.sh BIN: what --record has written, --replay gives back: time, random numbers, input, connections, signals and the order
# of threads. A replay that is not what was recorded says where; whatever becomes of the file, what is in it can be replayed.
set -uo pipefail
source "$(dirname "$0")/../explore/common.sh"

build() { "$bin/goro-cc" -race -g "$1.c" -o "$1" -pthread || exit 1; }
# The command of --json names the run: everything else must be the same.
findings() { sed 's/"command":"[^"]*",*//' "$1"; }
# same NAME: replays NAME.record, made with NAME.out, NAME.json and status $recorded, twice.
same() {
    local status
    for _ in 1 2; do
        checks=$((checks + 1)) status=0
        timeout 60 "$race" --stable --replay "$1.record" --json again.json </dev/null >again.out 2>again.err || status=$?
        [ "$status" = "$recorded" ] && cmp -s "$1.out" again.out && [ "$(findings "$1.json")" = "$(findings again.json)" ] && continue
        fault "$1: recorded with status $recorded, replayed with $status:" "$(diff "$1.out" again.out)" "$(<again.err)"
    done
}
record() { # NAME [ARG…]; standard input is the program's
    recorded=0
    timeout 60 "$race" --stable --record "$1.record" --json "$1.json" "./$1" "${@:2}" >"$1.out" 2>"$1.err" || recorded=$?
}

# -- time, random numbers, input, a pipe ---------------------------------------------------------------------------------
cat >outside.c <<'TEXT'
#include <goro.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static void reader(int fd, chan(int) out) {
    char c;
    while (read(fd, &c, 1) == 1) chan_send(out, c); /* a plain read, which blocks */
    chan_close(out);
}
static void writer(int fd) {
    for (char c = 'a'; c < 'f'; c++) {
        if (write(fd, &c, 1) != 1) break;
        usleep(200);
    }
    close(fd);
}
int main(void) {
    int ends[2], number, c;
    unsigned drawn = 0;
    struct timespec t;
    struct timeval v;
    char line[40];
    chan(int) out = chan_make(int, 0);
    if (pipe(ends)) return 1;
    go(reader, ends[0], out);
    go(writer, ends[1]);
    clock_gettime(CLOCK_REALTIME, &t);
    gettimeofday(&v, NULL);
    if (getrandom(&drawn, sizeof drawn, 0) != sizeof drawn) return 2;
    printf("%ld %ld %ld %ld %ld %u\n", (long)t.tv_sec, t.tv_nsec, (long)v.tv_usec, (long)time(NULL), (long)clock(), drawn);
    if (scanf("%d\n", &number) == 1) printf("number %d\n", number);
    if (fgets(line, sizeof line, stdin)) printf("line %s", line);
    chan_range(c, out) printf("%c\n", c);
    chan_free(out);
    return (int)(drawn % 50);
}
TEXT
build outside
record outside < <(printf '42\nsome words\n')
[[ $(<outside.out) == *'number 42'*'line some words'*$'a\nb\nc\nd\ne' ]] || fault 'recording changes the run' "$(<outside.out)"
same outside
check 'another program or arguments are told' "$recorded" 'not the command line' "$race" --replay outside.record -- ./outside more

# -- a finding that hangs on a random number; its twin draws, and has none --------------------------------------------------
cat >luck.c <<'TEXT'
#include <goro.h>
#include <stdio.h>
#include <sys/random.h>
static int shared;
static goro_mutex mu;
static void add(int locked, goro_wg *wg) {
    if (locked) goro_mutex_lock(&mu);
    shared++;
    if (locked) goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    unsigned char drawn = 0;
    if (getrandom(&drawn, 1, 0) != 1) return 1;
    goro_wg_add(&wg, 2);
    go(add, drawn % 2 == 0 || TWIN, &wg);
    go(add, 1, &wg);
    goro_wg_wait(&wg);
    return 0;
}
TEXT
sed 's/TWIN/1/' luck.c >sure.c
sed -i 's/TWIN/0/' luck.c
build luck
build sure
met=0
for ((i = 0; i < 40 && met != 3; i++)); do
    record luck </dev/null
    [ "$recorded" = 66 ] && met=$((met | 1))
    [ "$recorded" = 0 ] && met=$((met | 2))
    [ "$((i % 10))" = 0 ] && same luck
done
same luck
[ "$met" = 3 ] || fault 'in 40 runs luck had one outcome only'
record sure </dev/null
[ "$recorded" = 0 ] || fault 'the twin has a finding' "$(<sure.err)"
same sure

# -- a server, whose clients are gone in the replay ----------------------------------------------------------------------------
cat >server.c <<'TEXT'
#include <arpa/inet.h>
#include <goro.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static goro_mutex mu;
static int served;
static void serve(int fd, goro_wg *wg) {
    char text[100];
    ssize_t n;
    while ((n = goro_read(fd, text, sizeof text)) > 0) {
        goro_mutex_lock(&mu);
        printf("%d: %.*s", ++served, (int)n, text);
        goro_mutex_unlock(&mu);
        goro_write(fd, text, (size_t)n);
    }
    goro_close(fd);
    goro_wg_done(wg);
}
int main(void) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    goro_wg wg = {0};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 5) || getsockname(fd, (struct sockaddr *)&a, &n)) return 1;
    printf("port %d\n", ntohs(a.sin_port));
    fflush(stdout);
    for (int i = 0; i < 3; i++) {
        int client = goro_accept(fd, NULL, NULL);
        if (client < 0) return 2;
        goro_wg_add(&wg, 1);
        go(serve, client, &wg);
    }
    goro_wg_wait(&wg);
    return 0;
}
TEXT
build server
recorded=0
"$race" --stable --record server.record --json server.json ./server >server.out 2>server.err </dev/null &
server=$!
until port=$(sed -n 's/^port //p' server.out 2>/dev/null) && [ -n "$port" ]; do sleep 0.05; done
for ((i = 0; i < 3; i++)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port" && for w in one two; do echo "client $i says $w" >&3 && read -r _ <&3; done) &
done
wait "$server" || recorded=$?
wait
[ "$recorded" = 0 ] && [ "$(grep -c says server.out)" = 6 ] || fault 'the server' "$(<server.out)" "$(<server.err)"
same server

# -- signals: as values, and to a handler in the middle of work -----------------------------------------------------------------
cat >signals.c <<'TEXT'
#include <goro.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>
static volatile sig_atomic_t ticks;
static long work, at[5];
static void on(int number) {
    (void)number;
    if (ticks < 5) at[ticks] = work;
    ticks++;
}
static void spin(goro_wg *wg) {
    while (ticks < 5) work++;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    struct itimerval t = {{0, 2000}, {0, 2000}}, none = {0};
    chan(int) came = chan_make(int, 1);
    struct sigaction a = {.sa_handler = on};
    sigaction(SIGALRM, &a, NULL);
    goro_notify(came, SIGUSR1);
    puts("ready");
    fflush(stdout);
    printf("signal %d\n", chan_recv(came));
    setitimer(ITIMER_REAL, &t, NULL);
    goro_wg_add(&wg, 1);
    go(spin, &wg);
    goro_wg_wait(&wg);
    setitimer(ITIMER_REAL, &none, NULL);
    for (int i = 0; i < 5; i++) printf("%ld\n", at[i]);
    goro_notify_stop(came);
    chan_free(came);
    return 0;
}
TEXT
build signals
recorded=0
"$race" --stable --record signals.record --json signals.json ./signals >signals.out 2>signals.err </dev/null &
signals=$!
until grep -q ready signals.out 2>/dev/null; do sleep 0.05; done
kill -USR1 "$signals" # goro-race passes it on
wait "$signals" || recorded=$?
[ "$recorded" = 0 ] && grep -q 'signal 10' signals.out || fault 'signals' "$(<signals.out)" "$(<signals.err)"
same signals

# -- threads: the order of their locks ------------------------------------------------------------------------------------------
cat >threads.c <<'TEXT'
#include <goro.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static char order[64];
static int n;
static void *run(void *name) {
    for (int i = 0; i < 8; i++) {
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        if (t.tv_nsec & 64) usleep(300);
        pthread_mutex_lock(&mu);
        order[n++] = *(char *)name;
        pthread_mutex_unlock(&mu);
    }
    return NULL;
}
int main(void) {
    pthread_t a, b;
    pthread_create(&a, NULL, run, "a");
    pthread_create(&b, NULL, run, "b");
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    puts(order);
    return 0;
}
TEXT
build threads
for _ in 1 2 3; do
    record threads </dev/null
    same threads
done

# -- divergence --------------------------------------------------------------------------------------------------------------------
cat >differs.c <<'TEXT'
#include <goro.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
static void ask(goro_wg *wg) {
    struct timespec t;
    unsigned char drawn;
    const char *what = getenv("WHAT");
    if (!what) clock_gettime(CLOCK_REALTIME, &t);
    else if (*what == 'r' && getrandom(&drawn, 1, 0) != 1) abort();
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    go(ask, &wg);
    goro_wg_wait(&wg);
    return (int)(time(NULL) & 0);
}
TEXT
build differs
record differs </dev/null
same differs
check 'another call' 125 'found: goroutine 2 asks for random bytes' env WHAT=random "$race" --replay differs.record
check 'and what was expected, and where' 125 'expected: goroutine 2 asks for the time' env WHAT=random "$race" --replay differs.record
check 'the place' 125 'found at differs.c:11' env WHAT=random "$race" --stable --replay differs.record
check 'a call that is missing' 125 'expected: goroutine 2 asks for the time' env WHAT=none "$race" --replay differs.record
env WHAT=none "$race" --record differs.none ./differs >/dev/null 2>&1
check 'a call too many' 125 'found: goroutine 2 asks for the time' "$race" --replay differs.none

# -- a recording that ends early ------------------------------------------------------------------------------------------------------
cat >killed.c <<'TEXT'
#include <goro.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv) {
    struct timespec t;
    for (int i = 0; i < 200; i++) {
        clock_gettime(CLOCK_REALTIME, &t);
        printf("%ld.%ld\n", (long)t.tv_sec, t.tv_nsec);
        fflush(stdout);
        if (argc > 1 && i == atoi(argv[1])) kill(getpid(), SIGKILL);
    }
    return 0;
}
TEXT
build killed
checks=$((checks + 1))
record killed 99
"$race" --replay killed.record >again.out 2>again.err
status=$?
[ "$recorded" = 137 ] && cmp -s killed.out again.out || fault "killed in the middle: status $recorded and $status" "$(diff killed.out again.out)"
grep -q 'ends before the program does: 100 entries' killed.err || fault 'the recording says nothing of its end' "$(<killed.err)"
# the kill comes again, for the program is the same; cut in the middle of an entry there is none
size=$(stat -c %s killed.record)
for cut in 1 10 100 1000 $((size / 2)); do
    checks=$((checks + 1)) status=0
    head -c $((size - cut)) killed.record >cut.record
    timeout 60 "$race" --replay cut.record >again.out 2>again.err || status=$?
    lines=$(wc -l <again.out)
    [ "$status" = 125 ] && cmp -s <(head -n "$lines" killed.out) again.out && [ "$lines" -lt 100 ] &&
        grep -q "the recording ends behind $lines entries" again.err && continue
    fault "cut by $cut bytes: status $status, $lines lines" "$(<again.err)"
done
check 'without its head' 125 'no recording' "$race" --replay <(head -c 20 killed.record) ./killed
checks=$((checks + 1))
for ((i = 0; i < 40; i++)); do # any byte: it ends earlier or diverges, but it does not crash
    cp killed.record broken.record
    printf '\xa5' | dd of=broken.record bs=1 seek=$((i * size / 40)) conv=notrunc 2>/dev/null
    timeout 60 "$race" --replay broken.record ./killed >again.out 2>again.err
    status=$?
    [ "$status" = 125 ] || [ "$status" = 137 ] || fault "a byte at $((i * size / 40)): status $status" "$(<again.err)"
done

# -- no room ------------------------------------------------------------------------------------------------------------------------------
check 'no room for the head' 125 'writing /dev/full failed' "$race" --record /dev/full ./killed
check 'no room in the middle' 125 'the recording ends here, before the program does' \
    bash -c 'trap "" XFSZ; ulimit -f 4; "$1" --record full.record ./killed' bash "$race"
check 'and it is said what is left' 125 'can be replayed up to there' \
    bash -c 'trap "" XFSZ; ulimit -f 4; "$1" --record full.record ./killed' bash "$race"
check 'that much is replayed' 125 'the recording ends behind' "$race" --replay full.record

# -- misuse --------------------------------------------------------------------------------------------------------------------------------
check 'no such file' 125 'cannot read' "$race" --replay nowhere ./killed
check 'a file that is none' 125 'no recording' "$race" --replay killed.c ./killed
check 'a folder that is none' 125 'cannot write' "$race" --record nowhere/file ./killed
check '--record and --explore' 125 'goes without' "$race" --record file --explore 5 ./killed
check '--record and --parallel' 125 'goes without' "$race" --record file --parallel ./killed
check '--replay and --seed' 125 'has its schedule' "$race" --replay killed.record --seed 5 ./killed

conclude
