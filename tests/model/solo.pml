/* The protocol by which operations drop and regain their locks as threads get and give back their P's (runtime/solo.c), for
 * spin.
 *
 * Two threads, each getting a P and giving it back several times, with operations in between. Stores to `inside` go through
 * a store buffer that drains at any moment; only the other's barrier_all and taking the mutex drain it. Checked: no two
 * are ever in the middle of an operation together without the lock, and nobody is left waiting.
 *
 * Each must fail: -DNO_BARRIER (who is gated issues none), -DNO_GATE (who gets a P goes in at once), -DNO_LOOK (the gate
 * opens without a look whether the other is inside), -DSTALE_ATTENTION (it opens though the other has paid since). */
#define ROUNDS 2
#define OPERATIONS 2

bool multi, mutex, lock;
bool has[2], gated[2], attention[2], inside[2], buffered[2], buffer[2];
byte owners, users;
byte left = 2;

inline drain(k) { if :: buffered[k] -> inside[k] = buffer[k]; buffered[k] = false :: else fi }
inline store_inside(k, v) { atomic { !buffered[k] -> buffer[k] = v; buffered[k] = true } }
inline take_mutex(k) { atomic { !mutex -> mutex = true; drain(k) } }
inline drop_mutex() { mutex = false }

#define SOLOIST(k) (!multi && has[k] && !gated[k])

active proctype buffers_drain() {
    do
    :: atomic { buffered[0] -> drain(0) }
    :: atomic { buffered[1] -> drain(1) }
    :: left == 0 && !buffered[0] && !buffered[1] -> break
    od
}

inline own(me) {
    take_mutex(me);
    has[me] = true;
    owners++;
#ifndef NO_GATE
    gated[me] = !multi && owners > 1;
#endif
    drop_mutex()
}

/* solo_pass, and the answering of attention by who waits there */
inline pass(me, other) {
    do
    :: !gated[me] -> break
    :: gated[me] ->
        take_mutex(me);
        attention[me] = false;
        if
        :: SOLOIST(other) ->
            attention[other] = true;
            drop_mutex();
#ifndef NO_BARRIER
            atomic { drain(other) };
#endif
            take_mutex(me);
            if
#if defined(NO_LOOK)
            :: SOLOIST(other) && attention[other] -> multi = true
#elif defined(STALE_ATTENTION)
            :: SOLOIST(other) && !inside[other] -> multi = true
#else
            :: SOLOIST(other) && attention[other] && !inside[other] -> multi = true
#endif
            :: else
            fi;
            if :: !SOLOIST(other) -> gated[me] = false :: else fi
        :: else -> gated[me] = false
        fi;
        drop_mutex()
    od
}

inline enter(me, other) {
    store_inside(me, true);
    if
    :: attention[me] ->
        take_mutex(me);
        attention[me] = false;
        if :: gated[other] && !gated[me] -> multi = true :: else fi;
        drop_mutex()
    :: else
    fi
}

inline operate(locks) {
    locks = multi;
    if :: locks -> atomic { !lock -> lock = true } :: else fi;
    users++;
    assert(users == 1);
    users--;
    lock = false
}

inline give_back(me) {
    take_mutex(me);
    has[me] = false;
    owners--;
    if
    :: owners == 1 -> multi = false
    :: true
    fi;
    drop_mutex();
    store_inside(me, false)
}

active [2] proctype thread() {
    byte me = _pid - 1, other = 2 - _pid, round = 0, n;
    bool locks;
    do
    :: round < ROUNDS ->
        round++;
        own(me);
        pass(me, other);
        n = 0;
        do
        :: n < OPERATIONS ->
            n++;
            enter(me, other);
            operate(locks);
            store_inside(me, false)
        :: n == OPERATIONS -> break
        od;
        enter(me, other);
        give_back(me)
    :: round == ROUNDS -> break
    od;
    left--
}
