// A work queue as a daemon runs it: workers that stay, a queue of bounded length, and an orderly end.
//
// A full queue refuses a job at once (chan_try_send) instead of making the client wait: the client can then try later or
// give up, and the daemon's memory is bounded. At the end the queue is closed; the workers finish what was accepted and
// return. Nothing that was accepted is lost, and no worker is left behind.
//
// expect: none
// stdout: accepted 8, refused 4
// stdout: shutting down
// stdout: done 8
#include <goro.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

enum { WORKERS = 2, QUEUE = 8 };

struct daemon {
    chan(int) queue;
    chan(goro_empty) open_gate; // closed when the workers may begin: makes the output the same in every run
    goro_wg workers;
    atomic_int done;
};

static void serve(struct daemon *d) {
    goro_empty nothing;
    int job;
    (void)chan_recv_ok(d->open_gate, &nothing);
    chan_range(job, d->queue) {
        goro_yield(); // stands for the work
        atomic_fetch_add(&d->done, 1);
    }
}

static void daemon_start(struct daemon *d) {
    *d = (struct daemon){.queue = chan_make(int, QUEUE), .open_gate = chan_make(goro_empty, 0)};
    for (int i = 0; i < WORKERS; i++) goro_wg_go(&d->workers, serve, d);
}

static bool daemon_submit(struct daemon *d, int job) {
    return chan_try_send(d->queue, job);
}

static void daemon_stop(struct daemon *d) {
    chan_close(d->queue);
    goro_wg_wait(&d->workers);
    chan_free(d->queue);
    chan_free(d->open_gate);
}

int main(void) {
    struct daemon d;
    int accepted = 0, refused = 0;
    daemon_start(&d);
    for (int job = 0; job < 12; job++) {
        if (daemon_submit(&d, job))
            accepted++;
        else
            refused++;
    }
    printf("accepted %d, refused %d\n", accepted, refused);
    chan_close(d.open_gate);
    printf("shutting down\n");
    daemon_stop(&d);
    printf("done %d\n", atomic_load(&d.done));
    return 0;
}
