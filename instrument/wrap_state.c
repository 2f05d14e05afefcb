/* What the C library remembers between calls: random numbers, and where a stream stands. They order nothing, and each has a lock
 * of its own where it needs one. Whoever asks whether a run could be reordered must know of them, since what such a call
 * returns hangs on those before it (wrap_remembers). */
#include "instrument/wrap.h"

#define REMEMBERS_ITSELF() wrap_remembers(FRONT_HERE)
/* The state is the caller's. */
#define STATE(p, n)                                                                                                    \
    uintptr_t pc = FRONT_HERE;                                                                                         \
    if (wrap_sees_accesses(pc)) wrap_writes(pc, p, n)

#define NUMBER(type, name)                                                                                             \
    type WRAP(name)(void) {                                                                                            \
        REMEMBERS_ITSELF();                                                                                            \
        return REAL(name)();                                                                                           \
    }
NUMBER(int, rand)
NUMBER(long, random)
NUMBER(double, drand48)
NUMBER(long, lrand48)
NUMBER(long, mrand48)

void WRAP(srand)(unsigned seed) {
    REMEMBERS_ITSELF();
    REAL(srand)(seed);
}
void WRAP(srandom)(unsigned seed) {
    REMEMBERS_ITSELF();
    REAL(srandom)(seed);
}
void WRAP(srand48)(long seed) {
    REMEMBERS_ITSELF();
    REAL(srand48)(seed);
}

int WRAP(rand_r)(unsigned *seed) {
    STATE(seed, sizeof *seed);
    return REAL(rand_r)(seed);
}
enum { STATE_OF_48_BITS = 6 };
double WRAP(erand48)(unsigned short state[3]) {
    STATE(state, STATE_OF_48_BITS);
    return REAL(erand48)(state);
}
long WRAP(nrand48)(unsigned short state[3]) {
    STATE(state, STATE_OF_48_BITS);
    return REAL(nrand48)(state);
}
long WRAP(jrand48)(unsigned short state[3]) {
    STATE(state, STATE_OF_48_BITS);
    return REAL(jrand48)(state);
}

#define OF_STREAM(type, name)                                                                                          \
    type WRAP(name)(FILE * f) {                                                                                        \
        REMEMBERS_ITSELF();                                                                                            \
        return REAL(name)(f);                                                                                          \
    }
OF_STREAM(int, fgetc)
OF_STREAM(int, getc)
OF_STREAM(int, feof)
OF_STREAM(int, ferror)
OF_STREAM(long, ftell)
OF_STREAM(off_t, ftello)

int WRAP(getchar)(void) {
    REMEMBERS_ITSELF();
    return REAL(getchar)();
}
