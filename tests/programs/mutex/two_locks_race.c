// Each side holds a lock, not the same one.
// expect: GR001
#include "../stage.h"

static int x;
static goro_mutex a, b;

static void under_a(void) {
    goro_mutex_lock(&a);
    x++; // race: first
    goro_mutex_unlock(&a);
}

static void under_b(void) {
    goro_mutex_lock(&b);
    x++; // race: second
    goro_mutex_unlock(&b);
}

int main(void) {
    together(under_a, under_b);
    return 0;
}
