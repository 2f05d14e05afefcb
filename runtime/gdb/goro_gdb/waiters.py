"""Who waits on what: the queues of channels and locks."""
import struct

import gdb

from .records import MOST_WAITERS, address_of, global_value, read, struct_type


def queue_waiters(queue):
    """The goroutines of a queue, in its order."""
    found, waiter = [], queue["first"]
    waiter_type = struct_type("waiter").pointer()
    while waiter and len(found) < MOST_WAITERS:
        waiter = waiter.cast(waiter_type)
        found.append(int(waiter["g"]["id"]))
        waiter = waiter["next"]
    return found


def numbers(ids):
    text = ", ".join(str(i) for i in ids[:8])
    return text + (" and %d more" % (len(ids) - 8) if len(ids) > 8 else "")


def select_channels(g):
    """The channels that a goroutine in a select waits on: its waiters lie on its stack, one for each case."""
    waiter, chan = struct_type("waiter"), struct_type("chan")
    offset = {f.name: f.bitpos // 8 for f in waiter.fields()}
    queues = {f.name: f.bitpos // 8 for f in chan.fields() if f.name in ("receivers", "senders")}
    low, me = address_of(g.record["context"]["sp"]), address_of(g.record.address)
    stack = g.record["stack"]
    size = 16384
    if stack:
        size = int(stack["top"]) + int(stack["colour"]) - low
    memory = read(low, min(size, 1 << 20))
    words = struct.unpack("=%dQ" % (len(memory) // 8), memory[: len(memory) // 8 * 8])
    found = []
    for i, word in enumerate(words):
        at = low + 8 * i - offset["g"]
        if word != me or at < low or at + waiter.sizeof > low + 8 * len(words):
            continue
        queue, op = (words[(at + offset[name] - low) // 8] for name in ("queue", "weight"))
        name = "senders" if op == 1 else "receivers"  # GORO_SEND, GORO_RECV
        if queue and stands_in(queue, at) and queue - queues[name] not in found:
            found.append(queue - queues[name])
    return found


def stands_in(queue, waiter):
    """Is this a queue that has this waiter in it? The stack also has old words that look like one."""
    try:
        at = gdb.Value(queue).cast(struct_type("goro_queue_").pointer())["first"]
        for _ in range(MOST_WAITERS):
            if not at or address_of(at) == waiter:
                return bool(at)
            at = at.cast(struct_type("waiter").pointer())["next"]
    except gdb.MemoryError:
        pass
    return False


def channel_text(chan):
    count, capacity = int(chan["count"]), int(chan["capacity"])
    parts = ["%d of %d values" % (count, capacity) if capacity else "unbuffered", "closed" if chan["closed"] else "open"]
    for queue, verb in (("receivers", "receiving"), ("senders", "sending")):
        waiting = queue_waiters(chan[queue])
        if waiting:
            parts.append("%s: goroutine%s %s" % (verb, "s" if len(waiting) > 1 else "", numbers(waiting)))
    return ", ".join(parts)


def waiting_text(queues):
    ids = sorted(i for queue in queues for i in queue_waiters(queue))
    return ", waiting: goroutine%s %s" % ("s" if len(ids) > 1 else "", numbers(ids)) if ids else ""
