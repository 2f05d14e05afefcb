// A goroutine waits for a pipe while the others never let a processor go idle: they only yield to each other.
// expect: none
// stdout: x came
#include <goro.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static atomic_bool came;

static void wait_for_it(int fd, goro_wg *wg) {
    char c = 0;
    goro_read(fd, &c, 1);
    printf("%c came\n", c);
    atomic_store(&came, true);
    goro_wg_done(wg);
}

static void spin(goro_wg *wg) {
    while (!atomic_load(&came)) goro_yield();
    goro_wg_done(wg);
}

int main(void) {
    enum { SPINNERS = 9 };
    int fds[2];
    goro_wg wg = {0};
    if (pipe(fds)) return 1;
    goro_wg_add(&wg, 1 + SPINNERS);
    go(wait_for_it, fds[0], &wg);
    for (int i = 0; i < SPINNERS; i++) go(spin, &wg);
    for (int i = 0; i < 100; i++) goro_yield();
    if (write(fds[1], "x", 1) != 1) return 1;
    goro_wg_wait(&wg);
    return 0;
}
