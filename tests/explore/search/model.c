// model GOROUTINES OPERATIONS PREEMPTIONS: how many schedules of "shapes one_word" have at most so many preemptions, counted
// from what goroutines do and nothing else. Main has a step for each goroutine that it starts, and one to fall asleep in;
// goroutine i can run when main has made i steps, and has a step to begin in, one for each operation, and one to end in.
// A schedule is an order of these steps; a preemption is a step by another than the one before, who could have gone on.
#include <stdio.h>
#include <stdlib.h>

enum { MAX = 6 };
static int n, steps[MAX], done[MAX];

static int can_run(int i) { return done[i] < steps[i] && (i == 0 || done[0] >= i); }

static unsigned long schedules(int last, int left) {
    unsigned long sum = 0;
    int any = 0, last_could = can_run(last);
    for (int i = 0; i < n; i++) {
        if (!can_run(i)) continue;
        any = 1;
        int cost = last_could && i != last;
        if (cost > left) continue;
        done[i]++;
        sum += schedules(i, left - cost);
        done[i]--;
    }
    return any ? sum : 1;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    n = atoi(argv[1]) + 1;
    steps[0] = n;
    for (int i = 1; i < n; i++) steps[i] = atoi(argv[2]) + 2;
    printf("%lu\n", schedules(0, atoi(argv[3])));
    return 0;
}
