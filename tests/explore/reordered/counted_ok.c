// Who is the second to count goes on. (Of count += 1 clang tells the write only.)
// prediction: none
#include <goro.h>
static goro_mutex mu;
static int data;
static int count;
static void publish(goro_wg *wg) {
    data = 42;
    goro_mutex_lock(&mu);
    count += 1;
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void consume(goro_wg *wg) {
    int mine;
    goro_mutex_lock(&mu);
    mine = count += 1;
    goro_mutex_unlock(&mu);
    if (mine == 2) data++;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(publish, &wg);
    go(consume, &wg);
    goro_wg_wait(&wg);
    return 0;
}
