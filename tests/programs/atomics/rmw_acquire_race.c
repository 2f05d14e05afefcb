// Reference counting with acquire only: the first one out has not published.
// expect: GR001
#include "../stage.h"

int x; // not static: a compiler drops stores that nobody reads
static atomic_int references = 2;

static void first(void) {
    x = 1; // race: first
    atomic_fetch_sub_explicit(&references, 1, memory_order_acquire);
    stage_done();
}

static void last(void) {
    stage_await(1);
    if (atomic_fetch_sub_explicit(&references, 1, memory_order_acquire) == 1)
        x = 2; // race: second
}

int main(void) {
    together(first, last);
    return 0;
}
