// Fan-out, fan-in: one source, four goroutines that work on it side by side, one place where all results meet.
//
// Nobody knows which of the four will finish last, so none of them can close the output. A goroutine of its own waits for
// all four and closes it then.
//
// expect: none
// stdout: 1 is a perfect square
// stdout: 4 is a perfect square
// stdout: 9 is a perfect square
// stdout: 16 is a perfect square
// stdout: 20 numbers checked
#include <goro.h>
#include <stdbool.h>
#include <stdio.h>

enum { CHECKERS = 4, LAST = 20 };

struct verdict {
    int number;
    bool square;
};

static void number_all(chan(int) out) {
    for (int n = 1; n <= LAST; n++) chan_send(out, n);
    chan_close(out);
}

static bool is_square(int n) {
    for (int root = 1; root * root <= n; root++)
        if (root * root == n) return true;
    return false;
}

static void check(chan(int) in, chan(struct verdict) out) {
    int n;
    chan_range(n, in) {
        struct verdict v = {n, is_square(n)};
        chan_send(out, v);
    }
}

static void close_when_done(goro_wg *checkers, chan(struct verdict) out) {
    goro_wg_wait(checkers);
    chan_close(out);
}

int main(void) {
    chan(int) numbers = chan_make(int, 0);
    chan(struct verdict) verdicts = chan_make(struct verdict, 0);
    goro_wg checkers = {0};

    go(number_all, numbers);
    for (int i = 0; i < CHECKERS; i++) goro_wg_go(&checkers, check, numbers, verdicts);
    go(close_when_done, &checkers, verdicts);

    bool square[LAST + 1] = {false}; // the verdicts come in any order
    int checked = 0;
    struct verdict v;
    chan_range(v, verdicts) {
        square[v.number] = v.square;
        checked++;
    }
    for (int n = 1; n <= LAST; n++)
        if (square[n]) printf("%d is a perfect square\n", n);
    printf("%d numbers checked\n", checked);
    chan_free(numbers);
    chan_free(verdicts);
    return 0;
}
