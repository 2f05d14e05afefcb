// What trace.sh traces: three workers take twenty jobs over an unbuffered channel, under a mutex and with a race besides.
// With an argument it ends otherwise: "kill" by SIGKILL in the middle, "fork" with a child that does the same, "wait" not at all.
#include <goro.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 3, JOBS = 20 };
static goro_mutex mu;
static int sum, racy;
static chan(int) jobs;

static void worker(goro_wg *wg) {
    int job;
    goro_set_name("busy");
    chan_range(job, jobs) {
        goro_mutex_lock(&mu);
        sum += job;
        goro_mutex_unlock(&mu);
        racy++;
    }
    goro_wg_done(wg);
}

static void work(int kill_at) {
    goro_wg wg = {0};
    jobs = chan_make(int, 0);
    goro_wg_add(&wg, WORKERS);
    for (int i = 0; i < WORKERS; i++) go(worker, &wg);
    for (int i = 0; i < JOBS; i++) {
        if (i == kill_at) goro_sleep(100 * GORO_MILLISECOND), raise(SIGKILL);
        chan_send(jobs, i);
    }
    chan_close(jobs);
    goro_wg_wait(&wg);
    chan_free(jobs);
}

int main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "";
    pid_t child = strcmp(how, "fork") == 0 ? fork() : -1;
    work(strcmp(how, "kill") == 0 ? JOBS / 2 : -1);
    if (child > 0) waitpid(child, NULL, 0);
    if (strcmp(how, "wait") == 0) goro_sleep(600 * GORO_SECOND);
    return sum == JOBS * (JOBS - 1) / 2 ? 0 : 3;
}
