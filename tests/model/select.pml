/* The claim-and-park protocol of select (runtime/select.c), for spin.
 *
 * One goroutine selects a receive from two unbuffered channels; a sender on each, and a timeout, race to serve it. The
 * locks are runtime/lock.h's, and park releases a lock only after the goroutine has left its stack (here: `parked_off`).
 *
 * Checked in every interleaving: the select is served exactly once, by who claimed it; it is made ready exactly if it had
 * parked, once; it returns only after the claimer's last touch of its frame; no waiter of it is left in a queue; the other
 * sender keeps its value and is left waiting in its channel. */

#define CHANNELS 2
#define NOBODY 255
#ifdef FORGET_SERVED
#define PARKS true
#else
#define PARKS (!served)
#endif
#define TIMEOUT CHANNELS

bit chan_lock[CHANNELS];
bit waiting[CHANNELS];  /* the select's waiter stands in the channel's queue */
bit blocked[CHANNELS];  /* the sender stands in its channel's queue */

/* struct select, in the selecting goroutine's frame */
bit claimed, select_lock, parked, served;
byte winner = NOBODY;

bit frame_alive = 1;    /* false once the select has returned */
bit alarm_lock, alarm_set; /* the wheel */
bit parked_off;         /* registers saved, stack left: may be run by a waker */
bit runnable;           /* made ready */
byte deliveries;

inline take(l) { atomic { l == 0 -> l = 1 } }
inline drop(l) { l = 0 }

/* select_claim: one atomic exchange; won tells whether it was ours. */
inline claim(me, won) {
    atomic { assert(frame_alive); won = !claimed; claimed = 1 }
    if
    :: won -> winner = me; deliveries++
    :: else
    fi
}

/* select_wake, with no channel's lock held */
inline wake() {
    bit was_parked;
    take(select_lock);
    assert(frame_alive);
    served = 1;
    was_parked = parked;
    drop(select_lock);
    if
    :: was_parked -> atomic { assert(parked_off && !runnable); runnable = 1 }
    :: else
    fi
}

proctype sender(byte c) {
    bit won = 0;
    take(chan_lock[c]);
    if
    :: waiting[c] -> waiting[c] = 0; claim(c, won)
    :: else
    fi;
    if
    :: won -> drop(chan_lock[c]); wake()
    :: else -> blocked[c] = 1; drop(chan_lock[c])
    fi
}

proctype timer() {
    bit won = 0;
    /* alarm_clear waits for a ring to end: modelled by the alarm's lock */
    take(alarm_lock);
    if
    :: alarm_set -> alarm_set = 0; claim(TIMEOUT, won);
       if
       :: won -> wake()
       :: else
       fi
    :: else
    fi;
    drop(alarm_lock)
}

proctype selecting() {
    byte i;
    bit done = 0;
    /* all channels, in the order of their addresses */
    take(chan_lock[0]);
    take(chan_lock[1]);
    if
    :: blocked[0] -> blocked[0] = 0; winner = 0; deliveries++; done = 1
    :: blocked[1] -> blocked[1] = 0; winner = 1; deliveries++; done = 1
    :: else -> waiting[0] = 1; waiting[1] = 1
    fi;
    drop(chan_lock[1]);
    drop(chan_lock[0]);
    if
    :: done
    :: else ->
        take(alarm_lock);
        alarm_set = 1;
        drop(alarm_lock);
        take(select_lock);
        if
#ifndef FORGET_SERVED /* what the model must find if it is left out */
        :: served -> drop(select_lock)
#endif
        :: PARKS ->
            parked = 1;
            parked_off = 1; /* the switch; only then the lock is released */
            drop(select_lock);
            runnable -> skip
        fi;
        take(alarm_lock);
        alarm_set = 0;
        drop(alarm_lock);
        assert(winner != NOBODY);
        i = 0;
        do
        :: i < CHANNELS && i != winner ->
            take(chan_lock[i]);
            waiting[i] = 0;
            drop(chan_lock[i]);
            i++
        :: i < CHANNELS && i == winner -> i++
        :: i == CHANNELS -> break
        od
    fi;
    frame_alive = 0;
    assert(deliveries == 1);
    assert(!waiting[0] && !waiting[1])
}

init {
    atomic {
        run selecting();
        run sender(0);
        run sender(1);
        run timer()
    }
    _nr_pr == 1;
    assert(deliveries == 1 && !frame_alive);
    /* a sender that did not meet the select waits, the other does not */
    assert(blocked[0] == (winner != 0) && blocked[1] == (winner != 1))
}
