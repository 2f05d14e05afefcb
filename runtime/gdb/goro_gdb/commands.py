"""info goroutines, goroutine, info channels, info locks, goro-dump."""
import gdb

from .goroutines import all_goroutines, find_goroutine
from .names import created, frame_line, heading, object_name, own_frames, place
from .parked import Selection, parked
from .records import CHAN, KINDS, LOCKED, MUTEX, RWMUTEX, SELECT, SEM, WG, address_of, struct_type
from .states import STATES
from .waiters import channel_text, numbers, select_channels


class InfoGoroutines(gdb.Command):
    """All goroutines: number, name, what each does or waits for, and the innermost line of the program's own."""

    def __init__(self):
        super().__init__("info goroutines", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        with Selection():
            for g in all_goroutines():
                print("  %s %s" % (heading(g), self.where(g)))

    @staticmethod
    def where(g):
        frames = g.frames()
        own = own_frames(frames)
        for frame in [f for f in own if f.find_sal().symtab] or own:
            return "%s at %s" % (frame.name(), place(frame))
        if not frames and not g.started:
            entry = address_of(g.record["fn"])
            return "%s, not begun" % object_name(entry) if entry else "not begun"
        return ""


class GoroutineCommand(gdb.Command):
    """goroutine N COMMAND, goroutine all COMMAND: runs a command of GDB's in a goroutine's innermost frame of the program's own.
bt prints its stack without goro's own frames, bt -all with them; goroutine 3 info locals, goroutine 3 print x and others that look at a frame work as well."""

    def __init__(self):
        super().__init__("goroutine", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        words = argument.split(None, 1)
        if not words or (words[0] != "all" and not words[0].isdigit()):
            raise gdb.GdbError("usage: goroutine N|all COMMAND, for instance goroutine 1 bt")
        command = words[1] if len(words) > 1 else "bt"
        with Selection():
            chosen = all_goroutines() if words[0] == "all" else [find_goroutine(int(words[0]))]
            for g in chosen:
                self.run(g, command)
                parked.hide()

    def run(self, g, command):
        print(heading(g) + ":")
        frames = g.frames()
        if command in ("bt", "bt -all"):
            for number, frame in enumerate(frames if command == "bt -all" else own_frames(frames) or frames):
                print(frame_line(number, frame))
            if not frames:
                print("    (it has not begun)" if not g.started else "    (its stack is not known)")
            if created(g):
                print(created(g))
            print()
            return
        own = own_frames(frames)
        if not own:
            raise gdb.GdbError("Goroutine %d has no frame to run that in." % g.id)
        own[0].select()
        gdb.execute(command)


class InfoChannels(gdb.Command):
    """The channels that some goroutine waits on: what is in them, who sends and who receives.
A channel that nobody waits on is in no list of the runtime's; print it by its variable."""

    def __init__(self):
        super().__init__("info channels", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        with Selection():
            found = []
            for g in all_goroutines():
                if g.kind == CHAN and g.waits_on():
                    found.append(g.waits_on())
                elif g.kind == SELECT and not g.flags & LOCKED:
                    found += select_channels(g)
            if not found:
                print("No goroutine waits on a channel.")
            for address in dict.fromkeys(found):
                chan = gdb.Value(address).cast(struct_type("chan").pointer()).dereference()
                print("  %s: %s" % (object_name(address), channel_text(chan)))


class InfoLocks(gdb.Command):
    """The locks, WaitGroups and the like that some goroutine waits on, and static locks that are held: who holds, who waits."""

    TYPES = {"goro_mutex": MUTEX, "goro_rwmutex": RWMUTEX, "goro_wg": WG}

    def __init__(self):
        super().__init__("info locks", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        with Selection():
            found, waiting = {}, {}
            for g in all_goroutines():
                if MUTEX <= g.kind <= SEM and g.waits_on():
                    found[g.waits_on()] = g.kind
                    waiting.setdefault(g.waits_on(), []).append(g.id)
            for address, kind in self.static_ones():
                found.setdefault(address, kind)
            lines = [self.line(address, kind, waiting.get(address, [])) for address, kind in found.items()]
            print("\n".join(line for line in lines if line) or "No lock is held that is known, and no goroutine waits for one.")

    def static_ones(self):
        for name, kind in self.TYPES.items():
            text = gdb.execute("info variables -q -t ^%s$" % name, to_string=True)
            file = None
            for line in text.splitlines():
                if line.startswith("File "):
                    file = line[5:].rstrip(":")
                elif line.endswith(";") and "[" not in line:
                    variable = line.rstrip(";").split()[-1]
                    try:
                        yield address_of(gdb.parse_and_eval("&'%s'::%s" % (file, variable))), kind
                    except gdb.error:
                        continue

    def line(self, address, kind, waiting):
        names = {number: name for name, number in self.TYPES.items()}
        text = KINDS[kind]
        if kind in names:
            value = gdb.Value(address).cast(gdb.lookup_type(names[kind]).pointer()).dereference()
            state, idle = STATES[names[kind]](value)
            if idle and not waiting:
                return None
            text += " " + state
        if waiting and "waiting" not in text:
            text += ", waiting: goroutine%s %s" % ("s" if len(waiting) > 1 else "", numbers(waiting))
        return "  %s: %s" % (object_name(address), text)


class Dump(gdb.Command):
    """goro-dump PID: everything about a process at once, which then goes on. For goro-race --attach; ends gdb."""

    def __init__(self):
        super().__init__("goro-dump", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        status = 0
        try:
            gdb.execute("set suppress-cli-notifications on")
        except gdb.error:
            pass  # before gdb 12: a line more
        try:
            gdb.execute("attach " + argument, to_string=True)
            for title, command in (("Goroutines", "goroutine all bt"), ("Channels", "info channels"), ("Locks", "info locks")):
                print(title)
                gdb.execute(command)
        except gdb.error as error:
            print(error)
            status = 1
        if gdb.selected_inferior().pid:
            gdb.execute("detach", to_string=True)
        gdb.execute("quit %d" % status)


for command in (Dump, InfoGoroutines, GoroutineCommand, InfoChannels, InfoLocks):
    command()
