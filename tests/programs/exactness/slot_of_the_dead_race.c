// A goroutine writes and ends unjoined; others take its place, one of them writes too. That they share a slot must not
// make them one.
// expect: GR001
#include "../stage.h"

static int x;

static void writer(void) {
    x++; // race: both
}

int main(void) {
    for (int i = 0; i < 10; i++) {
        go(writer);
        while (goro_count() > 1) goro_yield();
    }
    return 0;
}
