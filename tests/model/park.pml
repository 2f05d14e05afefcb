/* The parking protocol (runtime/sched.h, runtime/proc.c), for spin.
 *
 * One goroutine parks on an object again and again, a waker makes it ready each time, and two threads run whatever is
 * ready. The lock of the object is released by the thread, after the goroutine's registers are saved and its stack is left
 * (m->unlock), so a waker that has the lock may hand the goroutine to the other thread at once.
 *
 * Checked: never do two threads stand on the goroutine's stack, it is never run before its registers are saved, never made
 * ready twice, and no wake-up is lost (somebody would wait for ever).
 *
 * With -DEARLY_UNLOCK the lock is released before the stack is left; with -DUNLOCKED_QUEUE the goroutine looks whether it
 * must wait, and joins the queue, in two steps. Both must fail. */
#define ROUNDS 3

bit lock, queued, saved, runnable = 1;
byte signals; /* that came while nobody waited */
byte on_stack; /* threads that stand on the goroutine's stack */
byte parks;    /* rounds that the goroutine has done */
bool ended;

inline take(l) { atomic { l == 0 -> l = 1 } }
inline drop(l) { l = 0 }

init { atomic { saved = 1; run thread(); run thread(); run waker() } }

proctype thread() {
    bool parked;
    do
    :: atomic { runnable -> runnable = 0 };
        assert(saved && on_stack == 0);
        on_stack++;
        saved = 0;
        parked = false;
        do
        :: parks == ROUNDS -> ended = true; break
        :: parks < ROUNDS ->
            take(lock);
            if
            :: signals > 0 -> signals--; parks++; drop(lock)
            :: signals == 0 ->
#ifdef UNLOCKED_QUEUE
                drop(lock);
                take(lock);
#endif
                queued = 1;
                parks++;
                parked = true;
                break
            fi
        od;
#ifdef EARLY_UNLOCK
        if :: parked -> drop(lock) :: else fi;
#endif
        saved = 1;
        on_stack--;
#ifndef EARLY_UNLOCK
        if :: parked -> drop(lock) :: else fi /* whoever runs next here: switch_finish */
#endif
    :: ended -> break
    od
}

proctype waker() {
    byte n = 0;
    bool found;
    do
    :: n < ROUNDS ->
        n++;
        take(lock);
        found = queued;
        if
        :: queued -> queued = 0
        :: else -> signals++
        fi;
        drop(lock);
        if
        :: found -> atomic { assert(!runnable); runnable = 1 }
        :: else
        fi
    :: n == ROUNDS -> break
    od
}
