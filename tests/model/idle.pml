/* How a thread falls asleep although run queues are private (runtime/idle.c), for spin.
 *
 * The owner fills his queue by plain stores that go through a store buffer, looks at `hungry`, and gives work away if it
 * is set; then he computes for ever. The sleeper puts his P among the idle ones, which sets `hungry`, issues a barrier on
 * all threads, looks at the queue once more, and sleeps.
 *
 * Checked: when all is quiet, work lies in the owner's queue only if the other thread is awake and looks for it.
 *
 * With -DNO_BARRIER the sleeper issues none; with -DNO_LOOK he does not look again; with -DLATE_HUNGRY he sets `hungry`
 * after he has looked. All must fail. */
#define ITEMS 2

bool hungry, mutex, asleep, woken, buffered, owner_done;
byte queue;    /* as others see it */
byte buffer;   /* the owner's value, not stored yet */
byte own;      /* as the owner sees it */
byte global;   /* given away; under the mutex */
byte ran;      /* by the other thread */

inline lock() { atomic { !mutex -> mutex = true } }
inline unlock() { mutex = false }
inline drain() { if :: buffered -> queue = buffer; buffered = false :: else fi }
inline store_one_more() { atomic { own++; buffer = own; buffered = true } }

active proctype buffer_drain() {
    do
    :: atomic { buffered -> drain() }
    :: owner_done && !buffered -> break
    od
}

active proctype owner() {
    byte n = 0;
    do
    :: n < ITEMS ->
        n++;
        store_one_more();
        if
        :: hungry ->
            lock();
            atomic { drain(); hungry = false; global = global + own; own = 0; buffer = 0; queue = 0 };
            if :: asleep -> asleep = false; woken = true :: else fi;
            unlock()
        :: else
        fi
    :: n == ITEMS -> break
    od;
    owner_done = true /* and computes for ever */
}

active proctype sleeper() {
    bool wake_self;
    do
    :: true ->
        lock();
        if
        :: global > 0 -> ran = ran + global; global = 0; unlock()
        :: global == 0 ->
#ifndef LATE_HUNGRY
            hungry = true;
#endif
            asleep = true;
            unlock();
#ifndef NO_BARRIER
            atomic { drain() };
#endif
            wake_self = false;
#ifndef NO_LOOK
            wake_self = queue > 0;
#endif
#ifdef LATE_HUNGRY
            hungry = true;
#endif
            if
            :: wake_self ->
                lock();
                if :: asleep -> asleep = false; woken = true :: else fi;
                unlock()
            :: else
            fi;
            if
            :: atomic { woken -> woken = false }; /* awake: it robs who is in user code, behind a barrier (work_rob) */
                lock();
                atomic {
                    if
                    :: owner_done -> drain(); ran = ran + queue; queue = 0; own = 0
                    :: else
                    fi
                };
                unlock()
            :: owner_done && !buffered && !woken -> break
            fi
        fi
    od;
    assert(queue == 0 && global == 0 && ran == ITEMS)
}
