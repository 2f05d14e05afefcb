// Memory that is unmapped and mapped again is new, at the same address too.
// expect: none
#include "../stage.h"
#include <sys/mman.h>

static char *pages;

static void first(void) {
    pages[5000] = 1;
    munmap(pages, 8192);
    char *again = mmap(pages, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (again != pages) goro_panic("mapped elsewhere");
    stage_done();
}

static void second(void) {
    stage_await(1);
    pages[5000] = 2;
}

int main(void) {
    pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return 1;
    together(first, second);
    munmap(pages, 8192);
    return 0;
}
