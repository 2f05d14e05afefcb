// A recursion that just fits a goroutine's stack without -race fits it with -race too, though instrumented frames are
// larger.
// expect: none
// stdout: 9200
// mode: race
// opt: -O0
#include <goro.h>
#include <stdio.h>

static int bottom = 4600;

static int descend(int level) {
    int before = level;
    if (level >= bottom) return 0;
    return 1 + descend(level + 1) + before - level;
}

static void work(chan(int) result) { chan_send(result, descend(0)); }

int main(void) {
    chan(int) result = chan_make(int, 0);
    go(work, result);
    go(work, result);
    int first = chan_recv(result);
    printf("%d\n", first + chan_recv(result));
    chan_free(result);
    return 0;
}
