// Threads work on atomics, mutexes, memory and each other while another forks: each child does the same, and ends.
// expect: none
#include "../thread_stage.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_int counter, over;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int x;

static void work(void) {
    int *p = malloc(sizeof *p);
    if (!p) abort();
    *p = atomic_fetch_add(&counter, 1);
    free(p);
    pthread_mutex_lock(&mu);
    x++;
    pthread_mutex_unlock(&mu);
}

static void *work_on(void *unused) {
    while (!atomic_load(&over)) work();
    return unused;
}
static void *count_on(void *unused) {
    while (!atomic_load(&over)) atomic_fetch_add(&counter, 1);
    return unused;
}
static void hold(void) { pthread_mutex_lock(&mu); }
static void let_go(void) { pthread_mutex_unlock(&mu); }

int main(void) {
    pthread_t t[2];
    int status;
    pthread_atfork(hold, let_go, let_go); /* or the child would find its own mutex locked */
    pthread_create(&t[0], NULL, work_on, NULL);
    pthread_create(&t[1], NULL, count_on, NULL);
    for (int i = 0; i < 20; i++) {
        pid_t child = fork();
        if (!child) {
            for (int k = 0; k < 3; k++) work();
            _exit(0);
        }
        if (waitpid(child, &status, 0) != child || status) return 1;
    }
    atomic_store(&over, 1);
    for (int i = 0; i < 2; i++) pthread_join(t[i], NULL);
    return 0;
}
