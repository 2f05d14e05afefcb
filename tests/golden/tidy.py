"""tidy.py STEM: lays STEM.json and STEM.sarif out for people and for diff, and leaves the tool's own part out of the latter
(it is the same in each). The whole SARIF is kept as STEM.whole.sarif. STEM.page.json is what STEM.html draws besides the
findings of STEM.json (validate.py compares those): the source around the stacks, and what led to each finding."""
import json
import re
import sys

stem = sys.argv[1]
lines = [json.loads(line) for line in open(stem + ".json")]
json.dump(lines, open(stem + ".json", "w"), indent=1, ensure_ascii=False)
sarif = json.load(open(stem + ".sarif"))
json.dump(sarif, open(stem + ".whole.sarif", "w"))
json.dump([run["results"] for run in sarif["runs"]], open(stem + ".sarif", "w"), indent=1, ensure_ascii=False)
page = re.search('<script type="application/json" id="data">(.*?)</script>', open(stem + ".html").read(), re.S)
page = json.loads(page.group(1))
del page["findings"], page["version"]
page["sources"] = {file: [f"{line:>4} | {text}" for line, text in lines.items()] for file, lines in page["sources"].items()}
for history in page["histories"].values():
    history["moments"] = [", ".join(f"{name} {value}" for name, value in m.items()) for m in history["moments"]]  # one on a line
json.dump(page, open(stem + ".page.json", "w"), indent=1, ensure_ascii=False)
