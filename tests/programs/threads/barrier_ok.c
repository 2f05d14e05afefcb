// What came before a barrier is before what comes after it, for all who met there, phase after phase.
// expect: none
#include "../thread_stage.h"

enum { N = 4 };
static int cell[2][N];
static pthread_barrier_t barrier;

static void *worker(void *arg) {
    long me = (long)arg;
    for (int phase = 0; phase < 20; phase++) {
        int from = phase & 1;
        cell[!from][me] = cell[from][(me + 1) % N] + 1;
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

int main(void) {
    pthread_t t[N];
    pthread_barrier_init(&barrier, NULL, N);
    for (long i = 0; i < N; i++) pthread_create(&t[i], NULL, worker, (void *)i);
    for (int i = 0; i < N; i++) pthread_join(t[i], NULL);
    pthread_barrier_destroy(&barrier);
    return cell[0][0] != 20;
}
