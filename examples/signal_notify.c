// An orderly end: on SIGTERM or SIGINT no new job is taken, the workers finish what they have, and the program reports.
//
// goro_notify turns a signal into a value of a channel, so that it is one more case of a select: no handler, no flag, no
// call that must be async-signal-safe. The channel has room for one: a signal is never waited for, and would be lost if
// nobody happened to stand at the channel. Once it has been heard, goro_notify_stop makes the next Ctrl-C kill again, for
// a user whose patience ends before the workers do.
//
// The program sends itself the signal, when some jobs are done, so that it ends by itself.
//
// expect: none
// stdout: got SIGTERM: no more jobs
// stdout: every job that was taken is done
// stdout: a second signal would kill again
#include <goro.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { WORKERS = 4, ENOUGH = 100 };

static void worker(chan(long) jobs, chan(long) results, goro_wg *wg) {
    long n;
    chan_range(n, jobs) {
        long sum = 0;
        for (long i = 1; i <= n; i++) sum += i;
        chan_send(results, sum);
    }
    goro_wg_done(wg);
}

static void count_results(chan(long) results, chan(long) total) {
    long sum, done = 0;
    chan_range(sum, results) {
        if (++done == ENOUGH) kill(getpid(), SIGTERM);
    }
    chan_send(total, done);
}

// Hands out jobs until a signal comes; how many.
static long serve(chan(long) jobs, chan(int) signals) {
    for (long n = 0;; n++) {
        int signo = 0;
        chan_select {
            chan_case_send(jobs, n) {}
            chan_case_recv(signals, signo) {
                printf("got %s: no more jobs\n", signo == SIGTERM ? "SIGTERM" : "SIGINT");
            }
        }
        if (signo) return n;
    }
}

int main(void) {
    chan(int) signals = chan_make(int, 1);
    chan(long) jobs = chan_make(long, WORKERS), results = chan_make(long, WORKERS), total = chan_make(long, 0);
    goro_wg wg = {0};
    goro_notify(signals, SIGTERM);
    goro_notify(signals, SIGINT);
    goro_wg_add(&wg, WORKERS);
    for (int w = 0; w < WORKERS; w++) go(worker, jobs, results, &wg);
    go(count_results, results, total);

    long taken = serve(jobs, signals);
    goro_notify_stop(signals);
    chan_close(jobs);
    goro_wg_wait(&wg);
    chan_close(results);
    puts(chan_recv(total) == taken ? "every job that was taken is done" : "jobs were lost");

    struct sigaction now;
    sigaction(SIGTERM, NULL, &now);
    if (now.sa_handler == SIG_DFL) puts("a second signal would kill again");
    chan_free(jobs);
    chan_free(results);
    chan_free(total);
    chan_free(signals);
    return 0;
}
