"""GDB knows goroutines: info goroutines, goroutine N bt, goroutine all bt, info channels, info locks, and how channels,
mutexes, WaitGroups and rwmutexes are shown. For running programs and for core files; nothing in the program is changed.

To be imported once: each module registers what it has.
"""
from . import commands, findings, printers  # noqa: F401
