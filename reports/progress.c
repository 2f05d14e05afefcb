/* A thread that sleeps until two seconds after a beginning, and then every ten. */
#include "reports/progress.h"
#include "reports/memory.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_S = 2, THEN_S = 10 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool allowed, started; /* by the one that works only */
    /* with lock */
    bool busy;
    const char *verb;
    char object[120];
    struct timespec next; /* CLOCK_REALTIME, as pthread_cond_timedwait has it */
    unsigned seconds;
} progress = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void *watch(void *arg) {
    pthread_mutex_lock(&progress.lock);
    for (;;) {
        if (!progress.busy) {
            pthread_cond_wait(&progress.changed, &progress.lock);
        } else if (pthread_cond_timedwait(&progress.changed, &progress.lock, &progress.next) != 0 && progress.busy) {
            complain("still %s %s (%u seconds)", progress.verb, progress.object, progress.seconds);
            progress.next.tv_sec += THEN_S;
            progress.seconds += THEN_S;
        }
    }
    return arg;
}

/* Signals are for the one that works. Without a thread there is no word: nothing depends on it. */
static void start(void) {
    sigset_t all, mask;
    pthread_t thread;

    progress.started = true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &mask);
    if (pthread_create(&thread, NULL, watch, NULL) == 0) pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

void progress_allow(bool allowed) { progress.allowed = allowed && isatty(STDERR_FILENO); }

void progress_begin(const char *verb, const char *object) {
    struct text shown = {0};

    if (!progress.allowed) return;
    if (!progress.started) start();
    text_shown(&shown, object, sizeof progress.object / 4); /* a column is four bytes at most */
    pthread_mutex_lock(&progress.lock);
    progress.busy = true;
    progress.verb = verb;
    progress.object[0] = 0;
    if (shown.data && shown.length < sizeof progress.object) memcpy(progress.object, shown.data, shown.length + 1);
    clock_gettime(CLOCK_REALTIME, &progress.next);
    progress.next.tv_sec += FIRST_S;
    progress.seconds = FIRST_S;
    pthread_cond_signal(&progress.changed);
    pthread_mutex_unlock(&progress.lock);
    text_free(&shown);
}

void progress_end(void) {
    if (!progress.started) return;
    pthread_mutex_lock(&progress.lock);
    progress.busy = false;
    pthread_mutex_unlock(&progress.lock);
}
