"""trace.py FILE WORKERS [COUNT NAME]...: is the file a trace that a viewer takes as it is meant? Its structure, and how many
events have a name. A file without its closing bracket is one, too."""
import json
import sys
from collections import Counter, defaultdict

text = open(sys.argv[1]).read()
torn = not text.rstrip().endswith("]")
events = json.loads(text + "]" if torn else text)
faults = []
last, open_slice, arrows, named = defaultdict(float), {}, {}, {}
for number, e in enumerate(events):
    def fault(what):
        faults.append(f"event {number}: {what}: {e}")
    track = (e["pid"], e["tid"])
    if e["ph"] == "M":
        named[track] = e["args"]["name"]
        continue
    if e["ph"] in "BEi":
        if e["ts"] < last[track]: fault("time goes back")
        last[track] = e["ts"]
        if track not in named: fault("a track without a name")
    if e["ph"] == "B":
        if track in open_slice: fault("a slice inside another")
        open_slice[track] = e["name"]
    elif e["ph"] == "E":
        if open_slice.pop(track, None) is None: fault("an end of nothing")
    elif e["ph"] == "i":
        if e["s"] != "t" or not e["name"]: fault("an instant of no track")
    elif e["ph"] == "s":
        if e["id"] in arrows: fault("an arrow begun twice")
        arrows[e["id"]] = e
    elif e["ph"] == "f":
        if e["id"] not in arrows: fault("an arrow from nowhere"); continue
        start = arrows.pop(e["id"])
        if start["ts"] > e["ts"]: fault("an arrow back in time")
        if (start["pid"], start["tid"]) == track: fault("an arrow to itself")
    else:
        fault("an unknown phase")
if not torn:
    faults += [f"a slice that never ends: {track} {name}" for track, name in open_slice.items()]
    faults += [f"an arrow to nowhere: {arrow}" for arrow in arrows.values()]
workers = sum(name.endswith("(busy)") for name in named.values())
if workers != int(sys.argv[2]): faults.append(f"{workers} workers: {named}")
names = Counter(e["name"] for e in events if e["ph"] in "Bi")
for count, name in zip(sys.argv[3::2], sys.argv[4::2]):
    found = sum(n for text, n in names.items() if text.startswith(name))
    if count == "some" and not found or count != "some" and found != int(count):
        faults.append(f"{found} of '{name}', not {count}")
if faults: print("\n".join(faults[:10]))
sys.exit(bool(faults))
