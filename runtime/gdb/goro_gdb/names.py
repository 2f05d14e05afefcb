"""How objects, places and frames are called."""
import gdb

from .records import FOREIGN, address_of, function_symbol


def object_name(address):
    """<mu> at its address, if a symbol is there."""
    text = gdb.execute("info symbol %#x" % address, to_string=True)
    if text.startswith("No symbol"):
        return "%#x" % address
    return "%s (%#x)" % (text.split(" in section")[0], address)


def place(frame):
    sal = frame.find_sal()
    return "%s:%d" % (sal.symtab.filename, sal.line) if sal.symtab and sal.line else "%#x" % frame.pc()


def is_runtime(frame):
    """Of goro itself: compiled beside records_walk, or without lines and of a name of goro's."""
    sal = frame.find_sal()
    if sal.symtab is None:
        return (frame.name() or "").startswith(("goro_", "context_"))
    return sal.symtab.fullname().startswith(goro_folders())


def goro_folders():
    root = function_symbol("records_walk").symtab.fullname().rsplit("/", 2)[0]
    return tuple("%s/%s/" % (root, room) for room in ("runtime", "instrument", "detector"))


def own_frames(frames):
    """Those of the program; the C library's only if the program has called it."""
    return [frame for frame in frames if not is_runtime(frame)]


def arguments(frame):
    found = []
    try:
        block = frame.block()
        while block is not None and block.function is None:
            block = block.superblock
        for symbol in block or ():
            if symbol.is_argument:
                try:
                    value = frame.read_var(symbol).format_string(max_elements=8, symbols=False)
                except (gdb.error, gdb.MemoryError):
                    value = "?"
                found.append("%s=%s" % (symbol.name, value if len(value) < 80 else "..."))
    except (RuntimeError, gdb.error):
        pass
    return ", ".join(found)


def frame_line(number, frame):
    return "#%-2d %s (%s) at %s" % (number, frame.name() or "%#x" % frame.pc(), arguments(frame), place(frame))


def heading(g):
    return "goroutine %d%s [%s]" % (g.id, ' "%s"' % g.name if g.name else "", g.status())


def created(g):
    pc = address_of(g.record["created_pc"])
    if g.flags & FOREIGN:
        return "a thread of the program's own"
    if not pc:
        return None
    sal = gdb.find_pc_line(pc - 1)
    block = gdb.block_for_pc(pc - 1)
    while block is not None and block.function is None:
        block = block.superblock
    where = "%s:%d" % (sal.symtab.filename, sal.line) if sal.symtab else "%#x" % pc
    return "created by %s (goroutine %d) at %s" % (block.function if block else "?", int(g.record["parent_id"]), where)
