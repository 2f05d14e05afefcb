// What the one who ran it does afterwards is unordered with the others.
// expect: GR001
#include "../stage.h"

static int x;
static goro_once once;

static void init(void) {}

static void first(void) {
    goro_once_do(&once, init);
    x = 1; // race: first
    stage_done();
}

static void second(void) {
    stage_await(1);
    goro_once_do(&once, init);
    use(x); // race: second
}

int main(void) {
    together(first, second);
    return 0;
}
