// A pool of objects: taken, used without a lock, given back.
// expect: none
#include "../stage.h"

struct object { struct object *next; int uses; };
static struct object objects[4], *pool;
static goro_mutex mu;

static struct object *take(void) {
    for (;;) {
        goro_mutex_lock(&mu);
        struct object *o = pool;
        if (o) pool = o->next;
        goro_mutex_unlock(&mu);
        if (o) return o;
        goro_yield();
    }
}

static void give(struct object *o) {
    goro_mutex_lock(&mu);
    o->next = pool;
    pool = o;
    goro_mutex_unlock(&mu);
}

static void worker(void) {
    for (int i = 0; i < 20; i++) {
        struct object *o = take();
        o->uses++;
        goro_yield();
        o->uses++;
        give(o);
    }
}

int main(void) {
    goro_wg wg = {0};
    int uses = 0;
    for (int i = 0; i < 4; i++) give(&objects[i]);
    for (int i = 0; i < 10; i++) goro_wg_go(&wg, worker);
    goro_wg_wait(&wg);
    for (int i = 0; i < 4; i++) uses += objects[i].uses;
    return uses != 400;
}
