/* Waking and handing over in the mutex (runtime/mutex.c, its slow path), for spin.
 *
 * Goroutines lock and unlock some times each. An unlock wakes the first in the queue, who competes with whoever comes by;
 * one that was woken in vain returns to the front, and is handed the mutex by the next unlock.
 *
 * Checked: one owner at a time; nobody waits for ever; nobody takes the mutex past one that was woken in vain; at most one
 * is on its way at a time.
 *
 * With -DNO_HANDOVER the one woken in vain is only woken again; with -DKEEP_WAKING it does not say that it has looked. Both
 * must fail. */
#define GOROUTINES 3
#define ROUNDS 2
#define NOBODY 255

byte owner = NOBODY, front = NOBODY; /* front: who was woken in vain */
chan line = [GOROUTINES] of { byte };
bool lock, waking, passed_over[GOROUTINES], handed[GOROUTINES], woken[GOROUTINES];
byte inside;

inline take(l) { atomic { !l -> l = true } }
inline drop(l) { l = false }

/* With the lock, the mutex being free: somebody who was not handed it takes it. */
inline take_mutex(me) {
    d_step {
        owner = me;
        passed_over[me] = false;
        assert(!passed_over[0] && !passed_over[1] && !passed_over[2])
    }
}

inline mutex_lock(me) {
    take(lock);
    if
    :: owner == NOBODY -> take_mutex(me); drop(lock)
    :: else ->
        line!me;
        drop(lock); /* once it is parked: park.pml */
        do
        :: atomic { woken[me] -> woken[me] = false };
            if
            :: handed[me] -> handed[me] = false; break
            :: else
            fi;
            take(lock);
#ifndef KEEP_WAKING
            waking = false;
#endif
            if
            :: owner == NOBODY -> take_mutex(me); drop(lock); break
            :: else -> assert(front == NOBODY); front = me; passed_over[me] = true; drop(lock)
            fi
        od
    fi
}

inline mutex_unlock(me, w) {
    take(lock);
    assert(owner == me);
    owner = NOBODY;
    w = NOBODY;
    if
    :: waking
    :: !waking && front != NOBODY -> w = front; front = NOBODY
    :: !waking && front == NOBODY && nempty(line) -> line?w
    :: else
    fi;
    if
    :: w == NOBODY
#ifdef NO_HANDOVER
    :: w != NOBODY -> waking = true
#else
    :: w != NOBODY && passed_over[w] -> owner = w; passed_over[w] = false; handed[w] = true
    :: w != NOBODY && !passed_over[w] -> waking = true
#endif
    fi;
    drop(lock);
    if
    :: w != NOBODY -> atomic { assert(!woken[w]); woken[w] = true }
    :: else
    fi
}

active [GOROUTINES] proctype goroutine() {
    byte n = 0, w;
    do
    :: n < ROUNDS ->
        n++;
        mutex_lock(_pid);
        inside++;
        assert(inside == 1);
        inside--;
        mutex_unlock(_pid, w)
    :: n == ROUNDS -> break
    od
}
