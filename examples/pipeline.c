// A pipeline of three stages: numbers, their squares, their sum.
//
// Each stage receives from the one before it and sends to the one after it, all of them at the same time. A stage closes
// its output when it is done; that is how the end travels down the line. The parameters say which way values go:
// a stage cannot send on a chan_rx or receive from a chan_tx, the compiler refuses it.
//
// expect: none
// stdout: 1 4 9 16 25
// stdout: sum 55
#include <goro.h>
#include <stdio.h>

static void generate(chan_tx(int) out, int last) {
    for (int i = 1; i <= last; i++) chan_send(out, i);
    chan_close(out);
}

static void square(chan_rx(int) in, chan_tx(int) out) {
    int n;
    chan_range(n, in) chan_send(out, n * n);
    chan_close(out);
}

int main(void) {
    chan(int) numbers = chan_make(int, 0);
    chan(int) squares = chan_make(int, 0);
    go(generate, chan_as_tx(numbers), 5);
    go(square, chan_as_rx(numbers), chan_as_tx(squares));

    int sum = 0, n;
    chan_range(n, squares) {
        printf(sum ? " %d" : "%d", n);
        sum += n;
    }
    printf("\nsum %d\n", sum);
    chan_free(numbers);
    chan_free(squares);
    return 0;
}
