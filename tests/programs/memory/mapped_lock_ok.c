// A mutex and its data in mapped memory.
// expect: none
#include "../stage.h"
#include <sys/mman.h>

static struct { goro_mutex mu; int x; } *shared;

static void count(void) {
    for (int i = 0; i < 50; i++) {
        goro_mutex_lock(&shared->mu);
        shared->x++;
        goro_mutex_unlock(&shared->mu);
    }
}

int main(void) {
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 1;
    together(count, count);
    return shared->x != 100;
}
