"""The runtime's records in memory: those of runtime/g.h, read by the debug information of libgoro."""
import gdb

FREE, QUEUED, RUNNING, PARKED = range(4)
BOUND, LOCKED, FOREIGN, ROAMS, FRESH = 1, 2, 4, 8, 16
KINDS = ["waiting", "chan", "mutex", "rwmutex", "wait group", "cond", "once", "semaphore", "timer", "context", "select",
         "IO wait", "sleep"]
KIND_MASK, SENDING, RECEIVING = 63, 64, 128
CHAN, MUTEX, RWMUTEX, WG, COND, ONCE, SEM, SELECT = 1, 2, 3, 4, 5, 6, 7, 10
MOST_WAITERS = 100000  # a list that is longer is broken


class NoGoro(gdb.GdbError):
    pass


def function_symbol(function):
    symbol = gdb.lookup_global_symbol(function) or gdb.lookup_static_symbol(function)
    if symbol is None:
        raise NoGoro("goro: the program does not use goro, or libgoro has no debug information")
    return symbol


def global_value(function, name):
    """A variable of the file that defines this function: a program may have static variables of the same name."""
    symbol = function_symbol(function)
    for block in (symbol.symtab.static_block(), symbol.symtab.global_block()):
        found = gdb.lookup_symbol(name, block)[0]
        if found is not None:
            return found.value()
    raise NoGoro("goro: libgoro has no %s: another version?" % name)


def struct_type(name):
    """A struct of the runtime's, whatever the current frame is."""
    return gdb.lookup_type("struct " + name)


def address_of(pointer):
    return int(pointer) & (1 << 64) - 1


def read(address, size):
    while size > 0:
        try:
            return bytes(gdb.selected_inferior().read_memory(address, size))
        except gdb.MemoryError:
            size //= 2
    return b""
