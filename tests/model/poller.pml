/* Who waits for the next timer (runtime/idle.c sleep_in_poller and poll_if_due, runtime/start.c poller_notify), for spin.
 *
 * Goroutines set alarms on the wheel and give notice; a thread without work sleeps in the poller until the time that was
 * due when it went there, or until it is interrupted; a busy thread polls now and then, too. INF is never.
 *
 * Checked: every alarm rings. A lost one leaves the sleeper waiting for ever, which is an invalid end state.
 *
 * With -DNO_INTERRUPT a notice does not interrupt the sleeper; with -DLATE_RESET `due` is set to never after the wheel was
 * turned, over a notice that came meanwhile; with -DNO_NOTICE who has turned the wheel does not say what is next. All must
 * fail. */
#define INF 3
#define ALARMS 2

byte due = INF, now = 0;
bool mutex, wheel, polling, poller_m, interrupted;
bool set[INF]; /* alarms by their time: 1, 2 */
byte rung;

inline take(l) { atomic { !l -> l = true } }
inline drop(l) { l = false }

inline notify(when) {
    if
    :: when < due ->
        take(mutex);
        if
        :: when < due ->
            due = when;
#ifndef NO_INTERRUPT
            if :: poller_m -> interrupted = true :: else fi
#endif
        :: else
        fi;
        drop(mutex)
    :: else
    fi
}

/* Rings what is due and finds out what is next. */
inline turn_wheel(next) {
    take(wheel);
    d_step {
        if :: set[1] && now >= 1 -> set[1] = false; rung++ :: else fi;
        if :: set[2] && now >= 2 -> set[2] = false; rung++ :: else fi;
        if
        :: set[1] -> next = 1
        :: !set[1] && set[2] -> next = 2
        :: else -> next = INF
        fi
    };
    drop(wheel)
}

inline poll(next) {
    if
    :: atomic { !polling -> polling = true };
#ifndef LATE_RESET
        due = INF;
#endif
        turn_wheel(next);
#ifdef LATE_RESET
        due = INF;
#endif
#ifndef NO_NOTICE
        notify(next);
#endif
        polling = false
    :: polling
    fi
}

proctype setter(byte when) {
    take(wheel);
    set[when] = true;
    drop(wheel);
    notify(when)
}

active proctype busy() {
    byte next;
    poll(next)
}

active proctype sleeper() {
    byte next, deadline;
    do
    :: rung == ALARMS -> break
    :: rung < ALARMS ->
        take(mutex);
        poller_m = true;
        deadline = due;
        drop(mutex);
        if
        :: atomic { interrupted -> interrupted = false }
        :: atomic { deadline != INF -> if :: now < deadline -> now = deadline :: else fi }
        :: rung == ALARMS
        fi;
        take(mutex);
        poller_m = false;
        drop(mutex);
        poll(next)
    od
}

init { atomic { run setter(1); run setter(2) } }
