// One goroutine sets everything up, hands it to a second over a channel, and main gets it from a third.
// expect: none
#include "../stage.h"
#include <stdlib.h>
#include <string.h>

struct state { char name[16]; int *values; int n; };

static void build(chan_tx(struct state *) out) {
    struct state *s = malloc(sizeof *s);
    strcpy(s->name, "state");
    s->n = 10;
    s->values = malloc(10 * sizeof(int));
    memset(s->values, 0, 10 * sizeof(int));
    chan_send(out, s);
}

static void refine(chan_rx(struct state *) in, chan_tx(struct state *) out) {
    struct state *s = chan_recv(in);
    for (int i = 0; i < s->n; i++) s->values[i] += i;
    s->values = realloc(s->values, 20 * sizeof(int));
    for (int i = 10; i < 20; i++) s->values[i] = i;
    s->n = 20;
    chan_send(out, s);
}

int main(void) {
    chan(struct state *) a = chan_make(struct state *, 0), b = chan_make(struct state *, 1);
    go(refine, chan_as_rx(a), chan_as_tx(b));
    go(build, chan_as_tx(a));
    struct state *s = chan_recv(b);
    int sum = (int)strlen(s->name);
    for (int i = 0; i < s->n; i++) sum += s->values[i];
    free(s->values);
    free(s);
    chan_free(a);
    chan_free(b);
    return sum != 195;
}
