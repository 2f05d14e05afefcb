"""tidy.py STEM: lays STEM.json and STEM.sarif out for people and for diff, and leaves the tool's own part out of the latter
(it is the same in each). The whole SARIF is kept as STEM.whole.sarif."""
import json
import sys

stem = sys.argv[1]
lines = [json.loads(line) for line in open(stem + ".json")]
json.dump(lines, open(stem + ".json", "w"), indent=1, ensure_ascii=False)
sarif = json.load(open(stem + ".sarif"))
json.dump(sarif, open(stem + ".whole.sarif", "w"))
json.dump([run["results"] for run in sarif["runs"]], open(stem + ".sarif", "w"), indent=1, ensure_ascii=False)
