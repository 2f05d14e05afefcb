// The second section finds the stream where the first has left it.
// prediction: none
#include <goro.h>
#include <stdio.h>
static goro_mutex mu;
static FILE *file;
int x;
static void writes(goro_wg *wg) {
    x = 1;
    goro_mutex_lock(&mu);
    fputs("hello", file);
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void asks(goro_wg *wg) {
    goro_mutex_lock(&mu);
    long written = ftell(file);
    goro_mutex_unlock(&mu);
    if (written == 5) x = 2;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    if (!(file = tmpfile())) return 1;
    goro_wg_add(&wg, 2);
    go(writes, &wg);
    go(asks, &wg);
    goro_wg_wait(&wg);
    fclose(file);
    return 0;
}
