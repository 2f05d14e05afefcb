// Loads, uses and unloads a library again and again: what lies at its address later is not judged by what was there, and a
// race with an access made in a library that is gone still has its name.
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static int shared;
static void *library;
static int racy;

static void *work(void *arg) {
    void (*bump)(void) = (void (*)(void))dlsym(library, "library_bump");
    void (*poke)(int *) = (void (*)(int *))dlsym(library, "library_poke");
    bump();
    if (racy) poke(&shared);
    return arg;
}

int main(int argc, char **argv) {
    racy = argc > 1 && !strcmp(argv[1], "racy");
    for (int i = 0; i < 20; i++) {
        pthread_t t;
        if (!(library = dlopen("./liblibrary.so", RTLD_NOW))) return 3;
        pthread_create(&t, 0, work, 0);
        pthread_join(t, 0);
        dlclose(library);
    }
    if (racy) { /* two that know nothing of each other */
        pthread_t t[2];
        if (!(library = dlopen("./liblibrary.so", RTLD_NOW))) return 3;
        for (int i = 0; i < 2; i++) pthread_create(&t[i], 0, work, 0);
        for (int i = 0; i < 2; i++) pthread_join(t[i], 0);
        dlclose(library);
    }
    return 0;
}
