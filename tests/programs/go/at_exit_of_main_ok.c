// All that main did is before its deferred calls; they run when main returns.
// expect: none
// stdout: main
// stdout: second 1
// stdout: first 1
#include "../stage.h"
#include <stdio.h>

static int x;

static void report(void *name) { printf("%s %d\n", (const char *)name, x); }

int main(void) {
    goro_at_exit(report, "first");
    goro_at_exit(report, "second");
    x = 1;
    printf("main\n");
    return 0;
}
