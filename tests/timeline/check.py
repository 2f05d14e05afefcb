"""check.py PAGE KIND TOLD HEARD: in the history of PAGE's race, of two of KIND (goroutine, thread), one does TOLD and the other
HEARD, which hears it; whoever did either is one of the two, and time goes on from moment to moment."""
import json
import re
import sys

page, kind, told, heard = sys.argv[1:]
text = re.search('<script type="application/json" id="data">(.*?)</script>', open(page).read(), re.S).group(1)
data = json.loads(text)
race = next(f for f in data["findings"] if f["code"] == "GR001")
moments = data["histories"][race["id"]]["moments"]


def who(thing): return ("thread" if thing.get("thread") else "goroutine", thing["goroutine"])


two = {who(access) for access in race["accesses"]}
assert len(two) == 2 and {k for k, _ in two} == {kind}, two
starts = {("thread" if m.get("to_thread") else "goroutine", m["to"]) for m in moments if "to" in m}
assert two <= starts, (two, starts)
tellers = [i for i, m in enumerate(moments) if m["text"] == told]
hearers = [i for i, m in enumerate(moments) if m["text"] == heard and m.get("from") in tellers]
assert len(tellers) == 1 and len(hearers) == 1, moments
assert tellers[0] < hearers[0], moments
assert {who(moments[tellers[0]]), who(moments[hearers[0]])} == two, moments
assert all(m["from"] < i and who(moments[m["from"]]) != who(m) for i, m in enumerate(moments) if "from" in m), moments
