"""How values of goro's types are printed."""
import gdb
import gdb.printing

from .records import address_of, struct_type
from .states import STATES
from .waiters import channel_text


class StatePrinter:
    def __init__(self, value, state):
        self.value = value
        self.state = state

    def to_string(self):
        return self.state(self.value)[0]


class ChanPrinter:
    """chan(T): a pointer to a function that gives T."""

    def __init__(self, value, element, word):
        self.value = value
        self.element = element
        self.word = word
        self.chan = value.cast(struct_type("chan").pointer())

    def to_string(self):
        name = "%s(%s)" % (self.word, self.element)
        if not self.value:
            return name + " NULL"
        return "%s %#x, %s" % (name, address_of(self.value), channel_text(self.chan.dereference()))

    def children(self):
        if not self.value:
            return
        chan = self.chan.dereference()
        size, capacity, first = int(chan["element_bytes"]), int(chan["capacity"]), int(chan["recv_at"])
        if not size or self.element.code == gdb.TYPE_CODE_VOID or size != self.element.sizeof:
            return
        for i in range(min(int(chan["count"]), capacity)):
            at = chan["ring"] + (first + i) % capacity * size
            yield "[%d]" % i, at.cast(self.element.pointer()).dereference()


WORDS = {"goro_chan_both_": "chan", "goro_chan_tx_": "chan_tx", "goro_chan_rx_": "chan_rx"}


def channel_printer(value, kind):
    target = kind.target()
    if target.code != gdb.TYPE_CODE_FUNC or len(target.fields()) != 1:
        return None
    tag = target.fields()[0].type
    if tag.code != gdb.TYPE_CODE_PTR or tag.target().tag not in WORDS:
        return None
    return ChanPrinter(value, target.target(), WORDS[tag.target().tag])


def find_printer(value):
    kind = value.type.strip_typedefs().unqualified()
    if kind.code == gdb.TYPE_CODE_PTR:
        return channel_printer(value, kind)
    if kind.code == gdb.TYPE_CODE_STRUCT and kind.tag in STATES:
        return StatePrinter(value, STATES[kind.tag])
    return None


find_printer.name = "goro"
find_printer.enabled = True
gdb.printing.register_pretty_printer(None, find_printer, replace=True)
