// What decides is copied out of the lock by memcpy.
// prediction: none
#include <string.h>
#include <goro.h>
static goro_mutex mu;
static int data;
static struct {
    char pad[100];
    int ready;
} shared;
static void publish(goro_wg *wg) {
    data = 42;
    goro_mutex_lock(&mu);
    shared.ready = 1;
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void consume(goro_wg *wg) {
    char copy[sizeof shared];
    int seen;
    goro_mutex_lock(&mu);
    memcpy(copy, &shared, sizeof copy);
    goro_mutex_unlock(&mu);
    memcpy(&seen, copy + ((char *)&shared.ready - (char *)&shared), sizeof seen);
    if (seen) data++;
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
