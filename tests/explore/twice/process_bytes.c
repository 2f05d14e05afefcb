// The bytes that the kernel gives each process at its start decide: the same in all forks of one process.
// twice: differs
// first: is about to read looked (process_bytes.c:
#include <goro.h>
#include <stdint.h>
#include <sys/auxv.h>

static int looked;

static void worker(goro_wg *wg) {
    const uint8_t *bytes = (const uint8_t *)getauxval(AT_RANDOM);
    for (int i = 0; i < 64; i++)
        if (bytes[i / 8] >> i % 8 & 1) looked++;
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    go(worker, &wg);
    goro_wg_wait(&wg);
    return 0;
}
