// Waits on channels that look as if they never ended, and end; selects with nil channels; values that wait for each other.
// expect: none
// each: long_wait nil_cases_switch_off nil_send_in_select merge_until_both_closed ticket_first reply_in_message self_send
// each: ring_of_two semaphore_of_cap lock_of_cap_one close_as_broadcast late_receiver drained_after_close sync_handshake
// each: two_way_crossing select_in_turns dynamic_select quit_wins nested_select unread_but_buffered freed_by_last_receiver
// each: try_until_ready generator_stopped or_done tee
// runs: 2
#include "../pick.h"
#include "../stage.h"

#include <stdlib.h>

#define CHECK(x) ((x) ? (void)0 : abort())

static void answer_late(chan(int) c) {
    goro_sleep(30 * GORO_MILLISECOND);
    chan_send(c, 1);
}
static void long_wait(void) {
    chan(int) c = chan_make(int, 0);
    go(answer_late, c);
    CHECK(chan_recv(c) == 1); /* nobody else runs meanwhile */
    chan_free(c);
}

static void count_to(int n, chan(int) c) {
    for (int i = 1; i <= n; i++) chan_send(c, i);
    chan_close(c);
}

/* A case is switched off by making its channel nil. */
static void nil_cases_switch_off(void) {
    chan(int) a = chan_make(int, 0), b = chan_make(int, 0), in_a = a, in_b = b;
    int sum = 0, v;
    bool ok;
    go(count_to, 5, a);
    go(count_to, 3, b);
    while (in_a || in_b) {
        chan_select {
            chan_case_recv_ok(in_a, v, ok) {
                if (ok) sum += v;
                else in_a = NULL;
            }
            chan_case_recv_ok(in_b, v, ok) {
                if (ok) sum += v;
                else in_b = NULL;
            }
        }
    }
    CHECK(sum == 15 + 6);
    chan_free(a);
    chan_free(b);
}

/* The queue's sending case exists only while there is something to send. */
static void queue(chan(int) in, chan(int) out) {
    int kept[16], first = 0, last = 0, v;
    bool ok = true;
    while (ok || first != last) {
        chan(int) source = ok ? in : NULL, sink = first != last ? out : NULL;
        chan_select {
            chan_case_recv_ok(source, v, ok) {
                if (ok) kept[last++] = v;
            }
            chan_case_send(sink, kept[first % 16]) first++;
        }
    }
    chan_close(out);
}
static void nil_send_in_select(void) {
    chan(int) in = chan_make(int, 0), out = chan_make(int, 0);
    int sum = 0, v;
    go(queue, in, out);
    go(count_to, 10, in);
    chan_range(v, out) sum += v;
    CHECK(sum == 55);
    chan_free(in);
    chan_free(out);
}

static void forward(chan(int) from, chan(int) to, goro_wg *wg) {
    int v;
    chan_range(v, from) chan_send(to, v);
    goro_wg_done(wg);
}
static void close_after(goro_wg *wg, chan(int) c) {
    goro_wg_wait(wg);
    chan_close(c);
}
static void merge_until_both_closed(void) {
    chan(int) a = chan_make(int, 0), b = chan_make(int, 0), out = chan_make(int, 0);
    goro_wg wg = {0};
    int n = 0, v;
    goro_wg_add(&wg, 2);
    go(count_to, 4, a);
    go(count_to, 4, b);
    go(forward, a, out, &wg);
    go(forward, b, out, &wg);
    go(close_after, &wg, out);
    chan_range(v, out) n++;
    CHECK(n == 8);
    chan_free(a);
    chan_free(b);
    chan_free(out);
}

/* Who has drawn the ticket goes first; the other waits for it to come back. */
static void draw(chan(int) ticket, goro_wg *wg) {
    int n = chan_recv(ticket);
    chan_send(ticket, n + 1);
    goro_wg_done(wg);
}
static void ticket_first(void) {
    chan(int) ticket = chan_make(int, 1);
    goro_wg wg = {0};
    goro_wg_add(&wg, 4);
    for (int i = 0; i < 4; i++) go(draw, ticket, &wg);
    chan_send(ticket, 0);
    goro_wg_wait(&wg);
    CHECK(chan_recv(ticket) == 4);
    chan_free(ticket);
}

struct question {
    int n;
    chan(int) reply;
};
static void serve(chan(struct question) c) {
    struct question q;
    chan_range(q, c) chan_send(q.reply, q.n * 2);
}
static void reply_in_message(void) {
    chan(struct question) c = chan_make(struct question, 0);
    goro_wg wg = {0};
    goro_wg_go(&wg, serve, c);
    for (int i = 0; i < 3; i++) {
        struct question q = {i, chan_make(int, 0)};
        chan_send(c, q);
        CHECK(chan_recv(q.reply) == 2 * i);
        chan_free(q.reply);
    }
    chan_close(c);
    goro_wg_wait(&wg);
    chan_free(c);
}

static void self_send(void) { /* room for one: no deadlock with itself */
    chan(int) c = chan_make(int, 1);
    chan_send(c, 1);
    CHECK(chan_recv(c) == 1);
    chan_free(c);
}

static void pong(chan(int) a, chan(int) b) {
    int v;
    chan_range(v, a) chan_send(b, v + 1);
    chan_close(b);
}
static void ring_of_two(void) {
    chan(int) a = chan_make(int, 0), b = chan_make(int, 0);
    int v = 0;
    bool ok = true;
    go(pong, a, b);
    for (int i = 0; i < 5; i++) {
        chan_send(a, v);
        v = chan_recv(b);
    }
    chan_close(a);
    while (ok) ok = chan_recv_ok(b, &v);
    chan_free(a);
    chan_free(b);
}

static int inside_most, inside;
static goro_mutex inside_mu;
static void enter_room(chan(goro_empty) room, goro_wg *wg) {
    chan_send(room, (goro_empty){});
    goro_mutex_lock(&inside_mu);
    if (++inside > inside_most) inside_most = inside;
    goro_mutex_unlock(&inside_mu);
    goro_yield();
    goro_mutex_lock(&inside_mu);
    inside--;
    goro_mutex_unlock(&inside_mu);
    chan_recv(room);
    goro_wg_done(wg);
}
static void semaphore_of_cap(void) {
    chan(goro_empty) room = chan_make(goro_empty, 2);
    goro_wg wg = {0};
    goro_wg_add(&wg, 6);
    for (int i = 0; i < 6; i++) go(enter_room, room, &wg);
    goro_wg_wait(&wg);
    CHECK(inside_most <= 2);
    chan_free(room);
}

static int guarded;
static void add_under(chan(goro_empty) lock) {
    for (int i = 0; i < 5; i++) {
        chan_send(lock, (goro_empty){});
        guarded++;
        chan_recv(lock);
    }
}
static void lock_of_cap_one(void) {
    chan(goro_empty) lock = chan_make(goro_empty, 1);
    goro_wg wg = {0};
    guarded = 0;
    goro_wg_go(&wg, add_under, lock);
    goro_wg_go(&wg, add_under, lock);
    goro_wg_wait(&wg);
    CHECK(guarded == 10);
    chan_free(lock);
}

static void wait_start(chan(goro_empty) start, goro_wg *wg) {
    chan_recv(start);
    goro_wg_done(wg);
}
static void close_as_broadcast(void) {
    chan(goro_empty) start = chan_make(goro_empty, 0);
    goro_wg wg = {0};
    goro_wg_add(&wg, 5);
    for (int i = 0; i < 5; i++) go(wait_start, start, &wg);
    stage_pause();
    chan_close(start);
    goro_wg_wait(&wg);
    chan_free(start);
}

static void receive_two(chan(int) c) { use(chan_recv(c) + chan_recv(c)); }
static void send_one(chan(int) c) { chan_send(c, 1); }
static void late_receiver(void) { /* senders block before anybody receives */
    chan(int) c = chan_make(int, 0);
    goro_wg wg = {0};
    goro_wg_go(&wg, send_one, c);
    goro_wg_go(&wg, send_one, c);
    stage_pause();
    goro_wg_go(&wg, receive_two, c);
    goro_wg_wait(&wg);
    chan_free(c);
}

static void drained_after_close(void) {
    chan(int) c = chan_make(int, 4);
    int n = 0, v;
    for (int i = 0; i < 4; i++) chan_send(c, i);
    chan_close(c);
    chan_range(v, c) n++;
    CHECK(n == 4 && !chan_recv_ok(c, &v));
    chan_free(c);
}

static void shake(chan(int) a, chan(int) b) {
    use(chan_recv(a));
    chan_send(b, 1);
}
static void sync_handshake(void) {
    chan(int) a = chan_make(int, 0), b = chan_make(int, 0);
    goro_wg wg = {0};
    goro_wg_go(&wg, shake, a, b);
    chan_send(a, 1);
    use(chan_recv(b));
    goro_wg_wait(&wg);
    chan_free(a);
    chan_free(b);
}

/* Both want to send and to receive: the select takes whichever the other offers. */
static void cross(chan(int) to, chan(int) from, int *got) {
    chan(int) sink = to;
    int v;
    *got = 0;
    while (sink || !*got) {
        chan(int) source = *got ? NULL : from;
        chan_select {
            chan_case_send(sink, 7) sink = NULL;
            chan_case_recv(source, v) *got = v;
        }
    }
}
static void two_way_crossing(void) {
    chan(int) a = chan_make(int, 0), b = chan_make(int, 0);
    goro_wg wg = {0};
    int x, y;
    goro_wg_go(&wg, cross, a, b, &x);
    goro_wg_go(&wg, cross, b, a, &y);
    goro_wg_wait(&wg);
    CHECK(x == 7 && y == 7);
    chan_free(a);
    chan_free(b);
}

static void select_in_turns(void) { /* one channel in both cases of a select */
    chan(int) c = chan_make(int, 1);
    int sent = 0, received = 0, v;
    for (int i = 0; i < 10; i++) {
        chan_select {
            chan_case_send(c, i) sent++;
            chan_case_recv(c, v) received++;
        }
    }
    CHECK(sent == 5 && received == 5);
    chan_free(c);
}

static void dynamic_select(void) {
    chan(int) c[4];
    int got[4] = {0};
    goro_select_case cases[4];
    for (int i = 0; i < 4; i++) {
        c[i] = chan_make(int, 0);
        cases[i] = (goro_select_case){.op = GORO_RECV, .chan = goro_chan_ptr(c[i]), .value = &got[i]};
        go(send_one, c[i]);
    }
    for (int left = 4; left; left--) {
        int i = goro_select(cases, 4, false);
        CHECK(i >= 0 && got[i] == 1);
        cases[i].chan = NULL;
    }
    for (int i = 0; i < 4; i++) chan_free(c[i]);
}

static void work_until(chan(goro_empty) quit, chan(int) work, int *done) {
    goro_empty nothing;
    bool over = false;
    int v;
    while (!over) {
        chan_select {
            chan_case_recv(quit, nothing) over = true;
            chan_case_recv(work, v) *done += v;
        }
    }
}
static void quit_wins(void) { /* the work's channel is never closed */
    chan(goro_empty) quit = chan_make(goro_empty, 0);
    chan(int) work = chan_make(int, 0);
    goro_wg wg = {0};
    int done = 0;
    goro_wg_go(&wg, work_until, quit, work, &done);
    chan_send(work, 3);
    chan_close(quit);
    goro_wg_wait(&wg);
    CHECK(done == 3);
    chan_free(quit);
    chan_free(work);
}

static void nested_select(void) {
    chan(int) a = chan_make(int, 1), b = chan_make(int, 1);
    int v = 0, w = 0;
    chan_send(a, 1);
    chan_send(b, 2);
    chan_select {
        chan_case_recv(a, v) {
            chan_select {
                chan_case_recv(b, w) use(w);
                chan_case_timeout(GORO_MINUTE) abort();
            }
        }
        chan_case_timeout(GORO_MINUTE) abort();
    }
    CHECK(v == 1 && w == 2);
    chan_free(a);
    chan_free(b);
}

static void unread_but_buffered(void) { /* nobody takes the results: they fit */
    chan(int) c = chan_make(int, 3);
    goro_wg wg = {0};
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, send_one, c);
    goro_wg_wait(&wg);
    CHECK(chan_len(c) == 3);
    chan_free(c);
}

static void receive_and_free(chan(int) c) {
    use(chan_recv(c));
    chan_free(c);
}
static void freed_by_last_receiver(void) {
    chan(int) c = chan_make(int, 0);
    goro_wg wg = {0};
    goro_wg_go(&wg, receive_and_free, c);
    chan_send(c, 1);
    goro_wg_wait(&wg);
}

static void try_until_ready(void) {
    chan(int) c = chan_make(int, 0);
    int v = 0;
    go(answer_late, c);
    while (!chan_try_recv(c, &v)) goro_yield();
    CHECK(v == 1);
    chan_free(c);
}

static void generate(chan(int) c, chan(goro_empty) stop) {
    goro_empty nothing;
    bool over = false;
    for (int i = 0; !over; i++) {
        chan_select {
            chan_case_send(c, i) use(i);
            chan_case_recv(stop, nothing) over = true;
        }
    }
}
static void generator_stopped(void) {
    chan(int) c = chan_make(int, 0);
    chan(goro_empty) stop = chan_make(goro_empty, 0);
    goro_wg wg = {0};
    goro_wg_go(&wg, generate, c, stop);
    for (int i = 0; i < 3; i++) CHECK(chan_recv(c) == i);
    chan_close(stop);
    goro_wg_wait(&wg);
    chan_free(c);
    chan_free(stop);
}

/* The first of several done channels ends the wait for all. */
static void wait_either(chan(goro_empty) a, chan(goro_empty) b, chan(goro_empty) either) {
    goro_empty nothing;
    chan_select {
        chan_case_recv(a, nothing) use(1);
        chan_case_recv(b, nothing) use(2);
    }
    chan_close(either);
}
static void or_done(void) {
    chan(goro_empty) a = chan_make(goro_empty, 0), b = chan_make(goro_empty, 0), either = chan_make(goro_empty, 0);
    goro_wg wg = {0};
    goro_wg_go(&wg, wait_either, a, b, either);
    chan_close(b);
    chan_recv(either);
    goro_wg_wait(&wg);
    chan_free(a);
    chan_free(b);
    chan_free(either);
}

static void split(chan(int) in, chan(int) left, chan(int) right) {
    int v;
    chan_range(v, in) {
        chan(int) l = left, r = right;
        while (l || r) {
            chan_select {
                chan_case_send(l, v) l = NULL;
                chan_case_send(r, v) r = NULL;
            }
        }
    }
    chan_close(left);
    chan_close(right);
}
static void tee(void) {
    chan(int) in = chan_make(int, 0), left = chan_make(int, 0), right = chan_make(int, 0);
    goro_wg wg = {0};
    int v, n = 0;
    goro_wg_go(&wg, count_to, 4, in);
    goro_wg_go(&wg, split, in, left, right);
    chan_range(v, left) n += v + chan_recv(right);
    CHECK(n == 20);
    goro_wg_wait(&wg);
    chan_free(in);
    chan_free(left);
    chan_free(right);
}

int main(int argc, char **argv) {
    static const struct pattern all[] = {
        PATTERN(long_wait),
        PATTERN(nil_cases_switch_off),
        PATTERN(nil_send_in_select),
        PATTERN(merge_until_both_closed),
        PATTERN(ticket_first),
        PATTERN(reply_in_message),
        PATTERN(self_send),
        PATTERN(ring_of_two),
        PATTERN(semaphore_of_cap),
        PATTERN(lock_of_cap_one),
        PATTERN(close_as_broadcast),
        PATTERN(late_receiver),
        PATTERN(drained_after_close),
        PATTERN(sync_handshake),
        PATTERN(two_way_crossing),
        PATTERN(select_in_turns),
        PATTERN(dynamic_select),
        PATTERN(quit_wins),
        PATTERN(nested_select),
        PATTERN(unread_but_buffered),
        PATTERN(freed_by_last_receiver),
        PATTERN(try_until_ready),
        PATTERN(generator_stopped),
        PATTERN(or_done),
        PATTERN(tee),
    };
    return RUN_PATTERNS(all, argc, argv);
}
