"""The goroutines of a process: what each does, and its frames."""
import gdb

from .names import object_name
from .parked import parked
from .records import (CHAN, FREE, FRESH, KIND_MASK, KINDS, LOCKED, PARKED, QUEUED, RECEIVING, RUNNING, SENDING,
                      address_of, global_value)


class Goroutine:
    def __init__(self, record):
        self.record = record
        self.id = int(record["id"])
        self.state = int(record["state"])
        self.flags = int(record["flags"])
        self.wait = int(record["wait_kind"])

    @property
    def started(self):
        return not self.flags & FRESH

    @property
    def name(self):
        if not self.started or not self.record["name"]:
            return None
        return self.record["name"].string(errors="replace")

    @property
    def kind(self):
        return self.wait & KIND_MASK if self.state == PARKED else 0

    def waits_on(self):
        """The address of the object, 0 if it waits on none that is known."""
        return address_of(self.record["wait_object"]) if self.state == PARKED and self.started else 0

    def status(self):
        if self.state == RUNNING:
            text = "running"
        elif self.state == QUEUED:
            text = "runnable"
        else:
            text = self.wait_text()
        return text + (", locked to thread" if self.flags & LOCKED else "")

    def wait_text(self):
        kind = self.kind
        text = KINDS[kind] if kind < len(KINDS) else "waiting"
        if kind == CHAN and self.wait & SENDING:
            text = "chan send"
        elif kind == CHAN and self.wait & RECEIVING:
            text = "chan receive"
        where = self.waits_on()
        if where:
            return text + " " + object_name(where)
        return text + (" (nil chan)" if kind == CHAN else "")

    def thread(self):
        """The thread whose own stack it stands on; None: it is parked in memory, or that is not known."""
        m = self.record["m"] if self.state == RUNNING else self.record["bound_m"] if self.flags & LOCKED else None
        if m is None or not m:
            return None
        tid = int(m["tid"])
        threads = gdb.selected_inferior().threads()
        for thread in threads:
            if thread.ptid[1] == tid or (tid == 0 and thread.num == 1):
                return thread
        return threads[0] if len(threads) == 1 else None

    def frames(self):
        """Its frames, innermost first. Valid until something else is selected."""
        parked.hide()
        if not self.started and self.state != RUNNING:
            return []
        thread = self.thread()
        if thread is not None:
            thread.switch()
            frame = gdb.newest_frame()
        elif self.state == RUNNING or self.flags & LOCKED:
            return []
        else:
            frame = parked.show(self.record["context"])
        found = []
        while frame is not None and frame.is_valid() and len(found) < 1000:
            found.append(frame)
            try:
                frame = frame.older()
            except gdb.error:
                break
        return found


def all_goroutines():
    found = [Goroutine(global_value("records_walk", "main_g"))]
    block = global_value("records_walk", "records")["blocks"]
    while block:
        records = block["records"]
        low, high = records.type.range()
        # without looking into each: the state of a free record is 0
        for i in range(low, high + 1):
            if int(records[i]["state"]) != FREE:
                found.append(Goroutine(records[i]))
        block = block["next"]
    m = global_value("records_walk", "sched")["all_ms"]
    while m:
        if m["foreign"] and int(m["foreign_g"]["state"]) != FREE:
            found.append(Goroutine(m["foreign_g"]))
        m = m["next"]
    return sorted((g for g in found if g.id), key=lambda g: g.id)


def find_goroutine(number):
    for g in all_goroutines():
        if g.id == number:
            return g
    raise gdb.GdbError("There is no goroutine %d; info goroutines lists them." % number)
