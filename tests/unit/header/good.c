/* Uses every macro of goro.h the way a program may: must compile without a warning. Never run. */
#include <goro.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct incomplete;
struct point {
    int x, y;
    char name[60];
};
enum colour { RED, GREEN };

void no_arguments(void);
void one(int);
void text_and_channel(const char *, chan(int));
enum colour narrow(enum colour, bool, char, short, unsigned long, void *);
struct point *returns_pointer(struct incomplete *);
double returns_double(int);
struct point *receiver(chan_rx(struct point), chan_tx(goro_empty));
int task(void *);
void callback(void *);
int errno_is_an_int(void);
void use(struct incomplete *);

static void consumer(chan_rx(int) in, chan_tx(int) out, goro_wg *wg) {
    int v;
    chan_range(v, in) {
        chan_send(out, v * 2);
        int w;
        chan_range(w, in) (void)w;
    }
    goro_wg_done(wg);
}

static void starts(int n, struct incomplete *p, struct point point) {
    chan(int) c = chan_make(int, n);
    goro_wg wg = {0};
    enum colour colour = GREEN;
    bool ok;
    struct {
        unsigned bits : 3;
    } field = {1};
    int array[3];
    void (*pointer)(int) = one;
    go(no_arguments);
    go(one, n);
    go(one, n++);
    go(one, field.bits);
    go(pointer, 1);
    go(*pointer, 1);
    go(one, chan_recv(c));
    go(text_and_channel, "x", c);
    go(text_and_channel, NULL, NULL);
    go(text_and_channel, point.name, NULL);
    go(narrow, colour, true, 'c', 3, 4, array);
    go(narrow, RED, ok = false, 1, 1, (unsigned long)-1, &wg);
    go(returns_pointer, p);
    go(returns_double, 1);
    go(consumer, chan_as_rx(c), chan_as_tx(c), &wg);
    if (n) go(no_arguments);
    else go(one, 2);
    for (int i = 0; i < n; i++) go(one, i);
    goro_wg_go(&wg, one, 3);
    goro_wg_go(&wg, no_arguments);
    goro_once once = {0};
    goro_once_do(&once, no_arguments);
    goro_once_do(&once, one, 4);
    (void)ok;
}

static int channels(int n, struct incomplete *p) {
    chan(int) c = chan_make(int, n), many[3] = {c, c, NULL};
    chan(goro_empty) done = chan_make(goro_empty, 0);
    chan(struct point) points = chan_make(struct point, 2);
    chan(chan(int)) channels_of = chan_make(chan(int), 1);
    chan(struct incomplete *) pointers = NULL;
    chan(struct incomplete) never = NULL;
    chan(const char *) strings = NULL;
    chan(double) doubles = NULL;
    chan(bool) bools = NULL;
    const chan(int) constant = c;
    struct {
        chan_tx(int) out;
        chan_rx(int) in;
    } ends = {chan_as_tx(c), chan_as_rx(c)};
    int v;
    chan_send(c, 3);
    chan_send(channels_of, c);
    chan_send(channels_of, NULL);
    chan_send(done, (goro_empty){});
    chan_send(points, ((struct point){.x = 1}));
    chan_send(pointers, p);
    chan_send(pointers, 0);
    chan_send(strings, "abc");
    chan_send(doubles, 1);
    chan_send(bools, n > 3);
    chan_send(c, chan_recv(chan_recv(channels_of)));
    chan_send(ends.out, chan_recv(ends.in));
    chan_send(many[n], n);
    chan_send(constant, 1);
    chan_recv(done);
    printf("%d %s %d %f\n", chan_recv(c), chan_recv(strings), chan_recv(points).x, chan_recv(doubles));
    if (chan_recv_ok(c, &v) && chan_recv_ok(done, NULL)) return chan_recv(c) + chan_recv(c);
    assert(chan_try_send(c, 4));
    assert(chan_try_recv(c, &v) && chan_recv(c) == 4);
    if (n) chan_send(c, 1);
    else chan_close(c);
    while (chan_recv_ok(c, &v)) use(chan_recv(pointers));
    for (int i = 0; i < chan_len(c) + chan_cap(c); i++) v++;
    chan_range(v, c) if (v) break;
    chan_close(ends.out);
    chan_free(c);
    chan_free(never);
    return v;
}

static void selects(chan(int) c, chan(struct point) points, chan(double) doubles, chan_rx(goro_empty) done, int n) {
    int v;
    struct point p;
    goro_empty e;
    bool ok;
    chan_select {
        chan_case_recv(c, v) {
            printf("%d", v);
            break;
        }
        chan_case_recv_ok(points, p, ok) {
            if (ok) puts(p.name);
            continue;
        }
        chan_case_send(doubles, 2) {}
        chan_case_timeout(GORO_SECOND) return;
        chan_default { goto out; }
    }
    chan_select {
        chan_case_recv(done, e) {}
        chan_case_recv(c, v) {
            chan_select {
                chan_case_recv(c, v) printf("%d", v);
                chan_case_send(c, n++) {
                    chan_select {}
                }
            }
        }
    }
    for (;;) chan_select {
            chan_case_recv(c, v) {}
        }
out:
    if (n) chan_select {
            chan_case_recv(goro_ctx_done(goro_ctx_background()), e) {}
        }
}

/* Each case assigns: no compiler may think that the variables are used without a value. */
int assigned_in_each_case(chan(int) a, chan(int) b);
int assigned_in_each_case(chan(int) a, chan(int) b) {
    int v, from;
    chan_select {
        chan_case_recv(a, v) { from = 1; }
        chan_case_recv(b, v) { from = 2; }
    }
    return v + from;
}

static void the_rest(chan(int) c, chan(double) doubles) {
    int v = 0;
    double d = 0;
    goro_mutex mu = {0};
    goro_rwmutex rw = {0};
    goro_cond cond;
    goro_cond_init(&cond, &mu);
    goro_cond_init(&cond, &rw);
    goro_timer t = {0};
    goro_timer_start(&t, 5 * GORO_MILLISECOND);
    goro_after_func(&t, 1, callback, &v);
    int64_t now = chan_recv(goro_timer_chan(&t));
    goro_notify(c, 15);
    goro_notify(chan_as_tx(c), 2);
    goro_notify_stop(c);
    goro_signal_ignore(1);
    goro_signal_reset(1);
    goro_group group;
    goro_group_init(&group, NULL);
    goro_group_go(&group, task, &v);
    goro_select_case cases[2] = {{GORO_RECV, goro_chan_ptr(c), &v, false},
                                 {.op = GORO_SEND, .chan = goro_chan_ptr(doubles), .value = &d}};
    if (goro_select(cases, 2, true) == -1 && now) printf("%d %s\n", errno, strerror(errno));
    goro_panic("%d %s", v, "panic");
}

#include <errno.h>
int errno_is_an_int(void) {
    errno = 0;
    return errno;
}

int main(void) {
    starts(1, NULL, (struct point){0});
    selects(NULL, NULL, NULL, NULL, channels(2, NULL));
    the_rest(NULL, NULL);
    return assigned_in_each_case(NULL, NULL);
}
