// A goroutine waits in fgets for what another writes; libc makes the call, which no wrapper sees.
#include <goro.h>
#include <stdio.h>
#include <unistd.h>
static int ends[2];
static void reader(goro_wg *wg) {
    char line[16];
    FILE *f = fdopen(ends[0], "r");
    if (!f || !fgets(line, sizeof line, f)) _exit(3);
    fclose(f);
    goro_wg_done(wg);
}
static void writer(goro_wg *wg) {
    if (write(ends[1], "line\n", 5) != 5) _exit(4);
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    if (pipe(ends)) return 2;
    goro_wg_add(&wg, 2);
    go(reader, &wg);
    go(writer, &wg);
    goro_wg_wait(&wg);
    return 0;
}
