#!/bin/bash
# twice.sh BIN SOURCE: --check-determinism with --explore runs each schedule twice. What hangs on more than the seed is told, with
# where it begins; the repaired twin is the same in all schedules.
set -uo pipefail
source "$2/tests/explore/common.sh"
twice=("$race" --stable --check-determinism --explore)

for file in "$here"/twice/*.c; do
    name=$(basename "$file" .c)
    "$bin/goro-cc" -race -g "$file" -o "$name" || exit 1
    finds=$(sed -n 's,^// finds: ,,p' "$file")
    for seed in 1 50; do
        if grep -q '^// twice: differs' "$file"; then
            check "$name from seed $seed" 66 'something decides that is not drawn from the seed' "${twice[@]}" 60 --seed $seed "./$name"
            check "$name from seed $seed: where" 66 "$(sed -n 's,^// first: ,,p' "$file")" "${twice[@]}" 60 --seed $seed "./$name"
        else
            check "$name from seed $seed" "$([ -n "$finds" ] && echo 66 || echo 0)" '60 schedules were run twice, and the runs were the same' \
                "${twice[@]}" 60 --seed $seed "./$name"
        fi
    done
done
for strategy in random pct:3 pos surw dfs:1; do
    check "kernel_bytes by $strategy" 66 'two runs differ first in their step' "${twice[@]}" 60 --strategy $strategy --seed 1 ./kernel_bytes
    check "kernel_bytes_ok by $strategy" 0 'the runs were the same' "${twice[@]}" 60 --strategy $strategy --seed 1 ./kernel_bytes_ok
done
check 'a status of its own' 5 'first in' "${twice[@]}" 60 --seed 1 --exit-code 5 ./kernel_bytes
check 'a part of the seeds' 0 '20 schedules were run twice' "${twice[@]}" 60 --seed 1 --shard 2/3 ./kernel_bytes_ok
check 'one schedule shows its output' 66 'counted' "${twice[@]}" 1 --seed 1 ./printed_ok
check 'a time' 0 'the runs were the same' "${twice[@]}" 500ms ./kernel_bytes_ok
checks=$((checks + 1))
"${one_cpu[@]}" "${twice[@]}" 60 --seed 1 ./process_bytes >one_cpu.out 2>&1
[ $? = 66 ] && grep -q 'first in their step' one_cpu.out || fault 'on one processor:' "$(cat one_cpu.out)"

# One that hangs shows nothing either way.
cat >hang.c <<'TEXT'
#include <goro.h>
#include <stdatomic.h>
static atomic_int turn;
static void first(goro_wg *wg) { atomic_store(&turn, 1); goro_wg_done(wg); }
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    go(first, &wg);
    if (!atomic_load(&turn)) for (;;) continue;
    goro_wg_wait(&wg);
    return 0;
}
TEXT
"$bin/goro-cc" -race -g hang.c -o hang || exit 1
check 'hung schedules are not compared' 137 'did not come to their end, and were not compared' \
    "${twice[@]}" 12 --seed 1 --timeout 200ms ./hang
conclude
