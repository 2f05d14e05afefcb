// Memory from mmap.
// expect: GR001
#include "../stage.h"
#include <sys/mman.h>

static char *pages;

static void writer(void) {
    pages[5000] = 1; // race: first
}

static void reader(void) {
    use(pages[5000]); // race: second
}

int main(void) {
    pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return 1;
    together(writer, reader);
    munmap(pages, 8192);
    return 0;
}
