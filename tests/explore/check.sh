#!/bin/bash
# check.sh BIN SOURCE: what --explore finds, that a finding comes again with its seed alone, and that nothing a schedule does
# takes the others' results away.
set -uo pipefail
source "$2/tests/explore/common.sh"

build() { "$bin/goro-cc" -race -g "$1" -o "$2" || exit 1; }
value() { grep -o "\"$2\":\"\{0,1\}[A-Za-z0-9]*" <<<"$1" | head -n 1 | sed 's,.*[:"],,'; } # the finding's own comes first

# -- what shows in less than one plain run in a hundred ------------------------------------------------------------
for file in "$kernels"/*.c; do
    name=$(basename "$file" .c)
    code=$(sed -n 's,^// finds: ,,p' "$file")
    build "$file" "$name"
    if [ "$code" = none ]; then
        check "$name explored" 0 '200 schedules' "$race" --explore 200 --seed 1 "./$name"
        continue
    fi
    checks=$((checks + 1))
    "$race" --explore 1000 --seed 1 --json found.json "./$name" >/dev/null 2>&1
    line=$(grep -m 1 "\"code\":\"$code\"" found.json) || { fault "$name: no $code in 1,000 schedules"; continue; }
    id=$(value "$line" id) seed=$(value "$line" seed)
    "$race" --explore 1 --seed "$seed" --json again.json "./$name" >/dev/null 2>&1
    grep -q "\"id\":\"$id\"" again.json || fault "$name: $id does not come again with seed $seed"
done

# pos and surw find them, too, and a schedule of theirs comes again.
for strategy in pos surw; do
    for name in double_check plain_check missed_cancel reader_behind_writer send_after_drain; do
        code=$(sed -n 's,^// finds: ,,p' "$kernels/$name.c")
        check "$name by $strategy" 66 '' "$race" --explore 1000 --seed 1 --strategy $strategy --fail-on "$code" --json found.json "./$name"
        line=$(grep -m 1 "\"code\":\"$code\"" found.json)
        check "$name by $strategy again" 66 "$(value "$line" id)" "$race" --explore 1 --seed "$(value "$line" seed)" --strategy $strategy "./$name"
    done
done

# -- the same seeds, the same report -------------------------------------------------------------------------------
checks=$((checks + 1))
for run in 1 2; do
    "$race" --explore 300 --seed 40 --stable --json "json.$run" ./double_check >"out.$run" 2>&1
    "$race" --explore 300 --seed 40 --strategy pct:4 --stable --json "pct.$run" ./missed_cancel >>"out.$run" 2>&1
    "$race" --explore 300 --seed 40 --strategy surw --stable --json "surw.$run" ./plain_check >>"out.$run" 2>&1
done
cmp -s json.1 json.2 && cmp -s pct.1 pct.2 && cmp -s surw.1 surw.2 && cmp -s out.1 out.2 || fault 'two explorations of the same seeds differ' "$(diff out.1 out.2)"

# A story names the user's functions, whatever of ours has called them.
cat >called.c <<'TEXT'
#include <goro.h>
static goro_mutex mu;
static int x;
static void few(int k) { goro_mutex_lock(&mu), x += k, goro_mutex_unlock(&mu); }
static void many(int a, int b, int c, int d, int e) { goro_mutex_lock(&mu), x += a + b + c + d + e, goro_mutex_unlock(&mu); }
static int job(void *p) { return (void)p, x++, 0; }
int main(void) {
    goro_wg wg = {0};
    goro_group group = {0};
    goro_wg_go(&wg, few, 1);
    goro_wg_go(&wg, many, 1, 2, 3, 4, 5);
    goro_group_go(&group, job, 0);
    goro_wg_wait(&wg);
    return goro_group_wait(&group);
}
TEXT
build called.c called
"$race" --explore 50 --seed 1 ./called >out.called 2>&1
for name in few many job; do
    checks=$((checks + 1))
    grep -q "main starts $name " out.called || fault "the story does not name $name:" "$(cat out.called)"
done
checks=$((checks + 1))
grep -q 'run_c' out.called && fault 'the story names what is not the user'\''s:' "$(cat out.called)"

# How much was seen: nearly all of a program with few schedules, nearly nothing of one with many.
cat >few.c <<'TEXT'
#include <goro.h>
static void add(goro_wg *wg) { goro_wg_done(wg); }
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    go(add, &wg);
    goro_wg_wait(&wg);
    return 0;
}
TEXT
build few.c few
check 'all was seen' 0 'about 100 % of the schedules that other seeds would run' "$race" --explore 500 --seed 1 --strategy pct ./few
sed 's/^static void add.*/static goro_mutex mu;\n#define TURN goro_mutex_lock(\&mu), goro_mutex_unlock(\&mu);\nstatic void add(goro_wg *wg) { TURN TURN TURN TURN goro_wg_done(wg); }/; s/1);$/4);/; s/go(add.*/for (int i = 0; i < 4; i++) &/' few.c >many.c
build many.c many
check 'hardly any was seen' 0 'far more are unseen' "$race" --explore 100 --seed 1 --strategy pos ./many
checks=$((checks + 1))
[[ $("$race" --explore 19 --seed 1 ./few 2>&1) == *'would run'* ]] && fault 'an estimate from too few schedules'

# -- schedules that go wrong -----------------------------------------------------------------------------------------
cat >wrong.c <<'TEXT'
#include <goro.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
static atomic_int turn;
static int racy;
static void first(goro_wg *wg) { atomic_store(&turn, 1); goro_wg_done(wg); }
static void touch(goro_wg *wg) { racy++; goro_wg_done(wg); }
int main(int argc, char **argv) {
    goro_wg wg = {0};
    char line[20] = "";
    (void)argc;
    goro_wg_add(&wg, 3);
    go(first, &wg);
    go(touch, &wg);
    go(touch, &wg);
    if (!atomic_load(&turn)) {
        if (!strcmp(argv[1], "hang")) for (;;) continue;
        if (!strcmp(argv[1], "die")) kill(getpid(), SIGKILL);
        if (!strcmp(argv[1], "fail")) _exit(3);
        if (!strcmp(argv[1], "crash")) *(volatile int *)8 = 1;
        if (!strcmp(argv[1], "eat")) { /* all the memory there is, until somebody ends the process for it */
            setrlimit(RLIMIT_DATA, &(struct rlimit){256 << 20, 256 << 20});
            for (;;) {
                char *block = malloc(1 << 16);
                if (!block) abort();
                memset(block, 1, 1 << 16);
            }
        }
    }
    goro_wg_wait(&wg);
    if (!strcmp(argv[1], "read") && (!fgets(line, sizeof line, stdin) || strcmp(line, "first\n"))) return 9;
    if (!strcmp(argv[1], "print")) puts("printed");
    return 0;
}
TEXT
build wrong.c wrong
sed 's/racy++; //' wrong.c >clean.c
build clean.c clean
check 'no such program' 127 './nosuch: no such program' "$race" --explore 5 ./nosuch
: >nothing
check 'no program' 126 'it is not executable' "$race" --explore 5 ./nothing
check 'a program of somebody else' 125 'is not instrumented' "$race" --explore 5 /bin/true
check 'hung schedules cost themselves' 66 'not end in time' "$race" --explore 12 --seed 1 --timeout 200ms ./wrong hang
check 'hung schedules and no finding' 137 'not end in time' "$race" --explore 12 --seed 1 --timeout 200ms ./clean hang
check 'killed schedules cost themselves' 66 'died of a signal' "$race" --explore 50 --seed 1 ./wrong die
check 'killed schedules and no finding' 137 'the first of 9' "$race" --explore 50 --seed 1 ./clean die
check 'crashed schedules cost themselves' 66 'died of a signal' "$race" --explore 50 --seed 1 ./wrong crash
check 'crashed schedules and no finding' 139 'the first of 11' "$race" --explore 50 --seed 1 ./clean crash

# Each kind of end is told once, with its words, and the command under it brings it back.
cat >ends.c <<'TEXT'
#include <assert.h>
#include <goro.h>
static goro_mutex mu;
static int order;
static void end(goro_wg *wg, int i) {
    goro_mutex_lock(&mu);
    order = order * 4 + i;
    int seen = order;
    goro_mutex_unlock(&mu);
    if (seen == 14) goro_panic("it came to %d", seen);
    if (seen == 7) goro_panic("seven\nand a second line");
    assert(seen != 9);
    if (seen == 11) *(volatile int *)8 = 1;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 3);
    for (int i = 1; i <= 3; i++) go(end, &wg, i);
    goro_wg_wait(&wg);
    return 0;
}
TEXT
build ends.c ends
"$race" --explore 300 --seed 1 --stable ./ends >out.ends 2>&1
for words in 'panic: it came to 14' 'panic: seven' 'SIGABRT: abort' 'SIGSEGV: segmentation violation'; do
    checks=$((checks + 1))
    [ "$(grep -c "^$words" out.ends)" = 1 ] || fault "'$words' is not told once:" "$(cat out.ends)"
    grep -qE "^goro-race: [0-9]+ schedules: $words at ends\.c:[0-9]+" out.ends || fault "'$words' is not counted:" "$(cat out.ends)"
    again=$(sed -n "/^$words/,/Again/s,.*--seed \([0-9]*\) .*,\1,p" out.ends)
    "$race" --explore 1 --seed "$again" ./ends >again.ends 2>&1
    grep -q "${words%%:*}" again.ends || fault "seed $again does not bring back '$words':" "$(cat again.ends)"
done
"$race" --explore 300 --seed 1 --quiet ./ends >quiet.ends 2>&1
check 'quiet: no words of ends' 1 '' grep -q 'It happened' quiet.ends
check 'schedules without memory cost themselves' 66 '50 schedules' "$race" --explore 50 --seed 1 ./wrong eat
check 'schedules without memory and no finding' 134 'died of a signal' "$race" --explore 50 --seed 1 ./clean eat
check 'no room for the results: they are told' 66 'writing /dev/full failed' "$race" --explore 50 --seed 1 --json /dev/full ./wrong run
check 'no room for the results, of which there are none' 0 '50 schedules' "$race" --explore 50 --seed 1 --json /dev/full ./clean run
check 'a status of its own' 3 '50 schedules' "$race" --explore 50 --seed 1 ./clean fail
check 'which seed failed' 3 'the first with 3; the first again: --explore 1 --seed ' "$race" --explore 50 --seed 1 ./clean fail
check 'and by which strategy' 3 'the first again: --explore 1 --strategy pos --seed ' "$race" --explore 50 --strategy pos --seed 1 \
    ./clean fail
printf 'first\nsecond\n' >input
check 'each schedule reads its input from the start' 0 '50 schedules' sh -c '"$1" --explore 50 ./clean read <input' sh "$race"
check 'one schedule shows its output' 0 'printed' "$race" --explore 1 ./clean print
check 'a time' 0 'schedules' "$race" --explore 300ms ./clean run
check 'the bound of pct' 0 'with probability' "$race" --explore 20 --strategy pct:2 ./clean run
check 'not after the first failing finding' 66 'race: 0 schedules' "$race" --explore 1000 --seed 1 --halt-on-error ./wrong run

# Asked to end, it reports what it has.
checks=$((checks + 1))
"$race" --explore 1h --json stopped.json ./wrong run >stopped.out 2>&1 &
until grep -q GR001 stopped.json 2>/dev/null; do sleep 0.05; done
kill -INT $!
wait $!
status=$?
[ "$status" = 66 ] && grep -q 'stopped before the end' stopped.out ||
    fault "interrupted: status $status and:" "$(cat stopped.out)"

# Also while a schedule is being reduced: the finding is reported as it was found. Each run of this one adds a line to a file;
# the second is one of the reduction, as nothing else is begun before the probe's finding has been reported.
cat >slow.c <<'TEXT'
#include <fcntl.h>
#include <goro.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
static int racy;
static void touch(goro_wg *wg) { racy++; goro_wg_done(wg); }
int main(void) {
    goro_wg wg = {0};
    int runs = open("runs", O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (write(runs, "run\n", 4) != 4) return 1;
    goro_wg_add(&wg, 2);
    go(touch, &wg);
    go(touch, &wg);
    goro_wg_wait(&wg);
    syscall(SYS_nanosleep, &(struct timespec){.tv_nsec = 400000000}, NULL); /* of real time */
    return 0;
}
TEXT
build slow.c slow
checks=$((checks + 1))
: >runs
"$race" --explore 200 --seed 1 --json slow.json ./slow >slow.out 2>&1 &
until [ "$(wc -l <runs)" -ge 2 ]; do sleep 0.05; done
kill -INT $!
wait $!
status=$?
[ "$status" = 66 ] && grep -q GR001 slow.json && grep -q 'stopped before the end' slow.out ||
    fault "interrupted while reducing: status $status and:" "$(cat slow.out)"

# -- misuse --------------------------------------------------------------------------------------------------------
check 'no such strategy' 125 'did you mean random?' "$race" --explore 5 --strategy randon ./clean run
check 'no depth' 125 'wants a depth' "$race" --explore 5 --strategy pct:0 ./clean run
check 'no schedules' 125 'a number of schedules' "$race" --explore 0 ./clean run
check '--strategy alone' 125 'needs that option' "$race" --strategy pct ./clean run
check '--explore and --parallel' 125 'exclude each other' "$race" --explore 5 --parallel ./clean run
check '--explore and --trace' 125 'shows one run' "$race" --explore 5 --trace trace.json ./clean run
cat >plain.c <<'TEXT'
int main(void) { return 0; }
TEXT
"$bin/goro-cc" plain.c -o plain
check 'a program without instrumentation' 125 'is not instrumented' "$race" --explore 5 ./plain

conclude
