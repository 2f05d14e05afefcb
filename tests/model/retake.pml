/* The protocol by which a P is robbed or retaken from a thread in user code (runtime/g.h, invariant 2), for spin.
 *
 * The owner's stores to `inside` go through a store buffer that drains at any moment, so his load of `attention` may
 * pass them, as on the hardware; only the robber's barrier_all and taking the mutex drain it. Checked: never do two
 * threads touch what belongs to the P, and nobody is left waiting.
 *
 * With -DNO_RECHECK the robber does not look whether attention is still set, a bug that the runtime once had: the owner
 * may have paid, left, and entered again without stopping. With -DNO_BARRIER the robber issues no barrier. Both must
 * fail. */
#define ROUNDS 3

mtype = { OWNER, ROBBER, NOBODY };
mtype holder = OWNER; /* of the P; changed under the mutex */
bool attention, inside, buffered, buffer, mutex;
byte users; /* threads that touch the run queue now */
byte left = 2; /* processes that have not finished */

inline drain() { if :: buffered -> inside = buffer; buffered = false :: else fi }
inline store_inside(v) { atomic { !buffered -> buffer = v; buffered = true } }
inline lock_owner() { atomic { !mutex -> mutex = true; drain() } }
inline lock_robber() { atomic { !mutex -> mutex = true } }
inline unlock() { mutex = false }
inline touch() { users++; assert(users == 1); users-- }

/* The owner's store buffer empties by itself, sooner or later. */
active proctype buffer_drain() {
    do
    :: atomic { buffered -> drain() }
    :: left == 0 && !buffered -> break
    od
}

active proctype owner() {
    byte n = 0;
    do
    :: n < ROUNDS ->
        n++;
        store_inside(true);
        if
        :: attention ->
            lock_owner();
            attention = false;
            do /* the P may be gone: wait until it is free again */
            :: holder == OWNER -> break
            :: holder == NOBODY -> holder = OWNER; break
            :: holder == ROBBER -> unlock(); holder != ROBBER; lock_owner()
            od;
            unlock()
        :: else
        fi;
        touch();
        store_inside(false)
    :: n == ROUNDS -> break
    od;
    left--
}

active proctype robber() {
    byte n = 0;
    do
    :: n < ROUNDS ->
        n++;
        attention = true;
#ifndef NO_BARRIER
        atomic { drain() };
#endif
        lock_robber();
        if
#ifdef NO_RECHECK
        :: holder == OWNER && !inside ->
#else
        :: holder == OWNER && attention && !inside ->
#endif
            touch();                   /* robs under the mutex ... */
            if
            :: holder = ROBBER;        /* ... or retakes, and uses it without */
                unlock();
                touch();
                lock_robber();
                holder = NOBODY
            :: true
            fi
        :: else
        fi;
        unlock()
    :: n == ROUNDS -> break
    od;
    left--
}
