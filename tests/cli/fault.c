/* Dies as its first word says, where its second says. */
#ifndef THREADS
#include <goro.h>
#endif
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static char *volatile nowhere;

static __attribute__((noinline)) void die(const char *how) {
    if (!strcmp(how, "null")) {
        *nowhere = 1; /* null */
    } else if (!strcmp(how, "library")) {
        memcpy(nowhere, how, strlen(how)); /* library */
    } else if (!strcmp(how, "abort")) {
        abort(); /* abort */
#ifndef THREADS
    } else if (!strcmp(how, "panic")) {
        goro_panic("as %s", how); /* panic */
#endif
    }
}

static void child(const char *how) { die(how); /* in goroutine */ }
static void *thread(void *how) {
    die(how); /* in thread */
    return NULL;
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    if (!strcmp(argv[2], "main")) die(argv[1]); /* in main */
    if (!strcmp(argv[2], "thread")) {
        pthread_t t;
        pthread_create(&t, NULL, thread, argv[1]);
        pthread_join(t, NULL);
    }
#ifndef THREADS
    chan(int) c = chan_make(int, 0);
    go(child, argv[1]);
    chan_recv(c);
#endif
    return 0;
}
