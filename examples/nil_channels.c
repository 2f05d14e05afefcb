// NULL channels in a select: merging two channels until both are closed.
//
// A closed channel is always ready to receive from, so a select that keeps it would spin on it. A NULL channel is never
// ready. Setting the variable to NULL takes the case out of the select.
//
// expect: none
// stdout: sum 36, both channels are closed
#include <goro.h>
#include <stdbool.h>
#include <stdio.h>

static void count(chan(int) out, int from, int to) {
    for (int i = from; i <= to; i++) chan_send(out, i);
    chan_close(out);
}

int main(void) {
    chan(int) low = chan_make(int, 0);
    chan(int) high = chan_make(int, 0);
    go(count, low, 1, 4);
    go(count, high, 5, 8);

    chan(int) a = low;
    chan(int) b = high;
    int sum = 0, v = 0;
    bool ok = false;
    while (a || b) {
        chan_select {
            chan_case_recv_ok(a, v, ok) {
                if (!ok) a = NULL;
                sum += v; // 0 if the channel is closed
            }
            chan_case_recv_ok(b, v, ok) {
                if (!ok) b = NULL;
                sum += v;
            }
        }
    }
    printf("sum %d, both channels are closed\n", sum);
    chan_free(low);
    chan_free(high);
    return 0;
}
