// Lazy values behind a once each, asked for from everywhere.
// expect: none
#include "../stage.h"

static struct lazy { goro_once once; int value; } lazy[8];

static void make(struct lazy *l, int v) { l->value = v * v; }

static int get(int i) {
    goro_once_do(&lazy[i].once, make, &lazy[i], i);
    return lazy[i].value;
}

static void user(int seed) {
    for (int i = 0; i < 16; i++)
        if (get((seed + i) % 8) != ((seed + i) % 8) * ((seed + i) % 8)) goro_panic("wrong value");
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 8; i++) goro_wg_go(&wg, user, i);
    goro_wg_wait(&wg);
    return 0;
}
