// A plain thread does the slow work; goroutines give it jobs and wait for it over pipes.
// expect: none
#include "../stage.h"
#include <pthread.h>
#include <unistd.h>

struct job { int input, output; };
static int to_thread[2], from_thread[2];

static void *slow_worker(void *arg) {
    struct job *j;
    while (read(to_thread[0], &j, sizeof j) == sizeof j && j) {
        j->output = j->input * 3;
        if (write(from_thread[1], &j, sizeof j) != sizeof j) break;
    }
    return arg;
}

static void client(void) {
    struct job jobs[5], *j;
    for (int i = 0; i < 5; i++) {
        jobs[i].input = i;
        j = &jobs[i];
        if (write(to_thread[1], &j, sizeof j) != sizeof j) goro_panic("write");
        if (read(from_thread[0], &j, sizeof j) != sizeof j) goro_panic("read");
        if (j->output != j->input * 3) goro_panic("wrong");
    }
    j = NULL;
    if (write(to_thread[1], &j, sizeof j) != sizeof j) goro_panic("write");
}

int main(void) {
    goro_wg wg = {0};
    pthread_t t;
    if (pipe(to_thread) || pipe(from_thread)) return 1;
    pthread_create(&t, NULL, slow_worker, NULL);
    goro_wg_go(&wg, client);
    goro_wg_wait(&wg);
    pthread_join(t, NULL);
    return 0;
}
