// A small map behind an rwmutex.
// expect: none
#include "../stage.h"
#include <string.h>

static struct { char key[8]; int value; } entry[32];
static int entries;
static goro_rwmutex mu;

static int get(const char *key) {
    int v = -1;
    goro_rwmutex_rlock(&mu);
    for (int i = 0; i < entries; i++)
        if (!strcmp(entry[i].key, key)) v = entry[i].value;
    goro_rwmutex_runlock(&mu);
    return v;
}

static void put(const char *key, int value) {
    goro_rwmutex_lock(&mu);
    int i = 0;
    while (i < entries && strcmp(entry[i].key, key)) i++;
    strcpy(entry[i].key, key);
    entry[i].value = value;
    if (i == entries) entries++;
    goro_rwmutex_unlock(&mu);
}

static void user(int seed) {
    static const char *const keys[] = {"one", "two", "three", "four", "five"};
    for (int i = 0; i < 30; i++) {
        if (i % 6 == 0) put(keys[(seed + i) % 5], i);
        else get(keys[(seed + i) % 5]);
    }
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 6; i++) goro_wg_go(&wg, user, i);
    goro_wg_wait(&wg);
    return entries != 5;
}
