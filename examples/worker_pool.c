// A worker pool: three workers share five jobs.
//
// The jobs go into one channel from which every worker receives, so that whoever is free takes the next one. Closing the
// channel tells the workers that no more will come: chan_range ends once the channel is closed and empty.
//
// expect: none
// stdout-any-order: job 1 gives 1
// stdout-any-order: job 2 gives 4
// stdout-any-order: job 3 gives 9
// stdout-any-order: job 4 gives 16
// stdout-any-order: job 5 gives 25
#include <goro.h>
#include <stdio.h>

enum { WORKERS = 3, JOBS = 5 };

struct result {
    int job, square;
};

static void work(chan(int) jobs, chan(struct result) results) {
    int job;
    chan_range(job, jobs) {
        struct result r = {job, job * job};
        chan_send(results, r);
    }
}

int main(void) {
    chan(int) jobs = chan_make(int, JOBS);
    chan(struct result) results = chan_make(struct result, JOBS);
    goro_wg workers = {0};

    for (int w = 0; w < WORKERS; w++) goro_wg_go(&workers, work, jobs, results);
    for (int job = 1; job <= JOBS; job++) chan_send(jobs, job);
    chan_close(jobs);

    for (int i = 0; i < JOBS; i++) {
        struct result r = chan_recv(results);
        printf("job %d gives %d\n", r.job, r.square);
    }
    goro_wg_wait(&workers);
    chan_free(jobs);
    chan_free(results);
    return 0;
}
