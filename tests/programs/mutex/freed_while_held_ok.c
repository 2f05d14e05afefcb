// A record is freed after its lock was given up.
// expect: none
#include <goro.h>
#include <stdlib.h>

struct record {
    long value;
    goro_mutex mu;
};

int main(void) {
    struct record *r = calloc(1, sizeof *r);
    goro_mutex_lock(&r->mu);
    r->value++;
    goro_mutex_unlock(&r->mu);
    free(r);
    return 0;
}
