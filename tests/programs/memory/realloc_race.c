// realloc frees the old block: a reader of it races.
// expect: GR003
#include "../stage.h"
#include <stdlib.h>

static char *block;

static void reader(void) {
    use(block[3]); // race: first
    stage_done();
}

static void grower(void) {
    stage_await(1);
    char *bigger = realloc(block, 100000); // race: second
    use((long)bigger);
    free(bigger);
}

int main(void) {
    block = calloc(1, 100);
    together(reader, grower);
    return 0;
}
