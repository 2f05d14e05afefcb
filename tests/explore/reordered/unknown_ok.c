// The second section is told by the C library what the first has told it, in calls that nobody sees into.
// prediction: none
#include <goro.h>
#include <search.h>
static goro_mutex mu;
int x;
static ENTRY entry = {.key = "ready", .data = &x};
static void enters(goro_wg *wg) {
    x = 1;
    goro_mutex_lock(&mu);
    (void)hsearch(entry, ENTER);
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void looks(goro_wg *wg) {
    goro_mutex_lock(&mu);
    bool there = hsearch((ENTRY){.key = "ready"}, FIND) != NULL;
    goro_mutex_unlock(&mu);
    if (there) x = 2;
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    if (!hcreate(10)) return 1;
    goro_wg_add(&wg, 2);
    go(enters, &wg);
    go(looks, &wg);
    goro_wg_wait(&wg);
    hdestroy();
    return 0;
}
