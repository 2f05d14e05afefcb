// A record is freed with its lock held.
// expect: GM003
#include <goro.h>
#include <stdlib.h>

struct record {
    long value;
    goro_mutex mu;
};

int main(void) {
    struct record *r = calloc(1, sizeof *r);
    goro_mutex_lock(&r->mu); // at: GM003
    r->value++;
    free(r); // at: GM003
    return 0;
}
