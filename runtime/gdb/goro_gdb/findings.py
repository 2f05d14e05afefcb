"""break-on-finding, for goro-race --gdb."""
import gdb


class FindingBreakpoint(gdb.Breakpoint):
    """Stops when the detector has made a finding, on the thread that made it, before it goes on."""

    def __init__(self):
        super().__init__("wire_out_finding", internal=True)
        self.silent = True

    def stop(self):
        finding = gdb.newest_frame().read_var("f")
        print("\ngoro: a finding, %s, number %d. `up` leads to the place; info goroutines, info locks, info channels."
              % (finding["code"].string(), int(finding["number"])))
        return True


class BreakOnFinding(gdb.Command):
    """Stops the program whenever goro-race's detector has made a finding."""

    def __init__(self):
        super().__init__("break-on-finding", gdb.COMMAND_BREAKPOINTS)

    def invoke(self, argument, from_tty):
        gdb.execute("set breakpoint pending on")
        FindingBreakpoint()


BreakOnFinding()
