"""The states of locks and WaitGroups in words, and whether they are idle."""
from .waiters import waiting_text


def mutex_state(value):
    holder = int(value["state_"]) >> 1
    text = "locked by goroutine %d" % holder if holder else "unlocked"
    return text + waiting_text([value["waiters_"]]), not holder


def rwmutex_state(value):
    writer, readers = int(value["writer_"]), int(value["readers_"])
    text = "unlocked"
    if writer:
        text = "locked by goroutine %d" % writer
    elif readers:
        text = "read-locked by %d" % readers
    return text + waiting_text([value["waiting_readers_"], value["waiting_writers_"]]), not writer and not readers


def wg_state(value):
    return "counter %d" % int(value["count_"]) + waiting_text([value["waiters_"]]), not int(value["count_"])


STATES = {"goro_mutex": mutex_state, "goro_rwmutex": rwmutex_state, "goro_wg": wg_state}
