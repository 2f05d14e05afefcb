"""Frames of goroutines that wait.

A goroutine that waits lies in memory as (pc, sp, fp) in the middle of an ordinary function (runtime/switch_*.h). An unwinder
gives the selected thread such a place as the caller of its innermost frame, so that every command of GDB's that walks
frames walks the goroutine's; no register is written, hence core files serve as well.
"""
import gdb
import gdb.unwinder

from .records import address_of


class Parked(gdb.unwinder.Unwinder):
    """Makes a parked goroutine the caller of the selected thread's innermost frame, while one is shown."""

    REGISTERS = {"i386:x86-64": ("rip", "rsp", "rbp"), "aarch64": ("pc", "sp", "x29")}

    def __init__(self):
        super().__init__("goro")
        self.context = None
        self.innermost = None

    def show(self, context):
        arch = gdb.newest_frame().architecture().name()
        if arch not in self.REGISTERS:
            raise gdb.GdbError("goro: no goroutines on " + arch)
        self.names = self.REGISTERS[arch]
        frame = gdb.newest_frame()
        self.innermost = (int(frame.read_register(self.names[0])), address_of(frame.read_register(self.names[1])))
        self.context = [address_of(context[field]) for field in ("pc", "sp", "fp")]
        gdb.invalidate_cached_frames()
        return gdb.newest_frame().older()

    def hide(self):
        if self.context is not None:
            self.context = None
            gdb.invalidate_cached_frames()

    def __call__(self, pending):
        if self.context is None:
            return None
        pc, sp = (pending.read_register(name) for name in self.names[:2])
        if (int(pc), address_of(sp)) != self.innermost:
            return None
        info = pending.create_unwind_info(FrameId(sp, pc))
        for name, value in zip(self.names, self.context):
            kind = pending.read_register(name).type
            info.add_saved_register(name, gdb.Value(value).cast(gdb.lookup_type("unsigned long")).cast(kind))
        return info


class FrameId:
    def __init__(self, sp, pc):
        self.sp = sp
        self.pc = pc


parked = Parked()
gdb.unwinder.register_unwinder(None, parked, True)


class Selection:
    """What the user has selected stays selected."""

    def __enter__(self):
        self.thread = gdb.selected_thread()
        if self.thread is None:
            raise gdb.GdbError("The program is not being run, and there is no core file.")
        self.level = gdb.selected_frame().level()

    def __exit__(self, *_):
        parked.hide()
        self.thread.switch()
        frame = gdb.newest_frame()
        for _ in range(self.level):
            if frame is not None and frame.older() is not None:
                frame = frame.older()
        frame.select()
