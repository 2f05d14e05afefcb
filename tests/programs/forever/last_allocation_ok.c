// A pointer to the last element of a block, kept in a variable, is one to the block, which leads to the channel.
// expect: GL001
// mode: race
#include "../stage.h"

#include <stdlib.h>

static struct pair {
    void *unused[4]; /* 40 bytes: the last eight lie where the next chunk's head begins */
    chan(int) c;
} * unused_pair;
static chan(int) *volatile last; /* else -O2 does not write it */

static void sender(void) {
    unused_pair = malloc(sizeof *unused_pair);
    unused_pair->c = chan_make(int, 0);
    last = &unused_pair->c;
    unused_pair = NULL;
    chan_send(*last, 1); // at: GL001
}

int main(void) {
    go(sender);
    goro_sleep(GORO_SECOND);
    return 0;
}
