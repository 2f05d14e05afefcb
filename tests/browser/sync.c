// Workers take jobs from a channel, count under a mutex, and race besides: whatever the schedule, some hear of others.
#include <goro.h>
static goro_mutex mu;
static int guarded, racy;
static void worker(chan(int) jobs, chan(int) done) {
    int job;
    chan_range(job, jobs) {
        goro_mutex_lock(&mu);
        guarded += job;
        goro_mutex_unlock(&mu);
        racy += job;
        chan_send(done, job);
    }
}
int main(void) {
    chan(int) jobs = chan_make(int, 0), done = chan_make(int, 4);
    goro_set_name("boss");
    go(worker, jobs, done);
    go(worker, jobs, done);
    for (int i = 0; i < 4; i++) chan_send(jobs, i);
    for (int i = 0; i < 4; i++) chan_recv(done);
    goro_mutex_lock(&mu);
    guarded++;
    goro_mutex_unlock(&mu);
    chan_close(jobs);
    return guarded != 7;
}
