"""validate.py CODE STEM SOURCE SARIF-SCHEMA: is each format as its schema says, and do they all tell of the same findings?"""
import html.parser
import importlib.util
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

code, stem, source, sarif_schema = sys.argv[1:]
faults = []


def expect(what, holds):
    if not holds: faults.append(f"{code}: {what}")


def by_schema(schema, values, what):
    """Against one of ours: tests/unit/reports/validate.py takes one value a line."""
    with open(stem + ".lines", "w") as lines:
        for value in values: print(json.dumps(value), file=lines)
    run = subprocess.run([sys.executable, source + "/tests/unit/reports/validate.py", schema, stem + ".lines"],
                         capture_output=True, text=True)
    expect(f"{what}: {run.stdout}{run.stderr}", run.returncode == 0)


# JSON: the published schema
findings = json.load(open(stem + ".json"))
expect("it is not among its own findings", any(f["code"] == code for f in findings))
by_schema(source + "/docs/findings.schema.json", findings, "JSON")
echoes = [f for f in findings if "of" in f]
findings = [f for f in findings if "of" not in f]
told = {(f["id"], code) for f in findings for code in f.get("also", [])}
expect("what is told under another code is not one for one", told == {(f["of"], f["code"]) for f in echoes} and len(told) == len(echoes))
findings = list({f["id"]: f for f in findings}.values())  # a later line of the same id is what is known then
ids = [(f["code"], f["id"]) for f in findings]
for f in findings:
    for stack in f["stacks"]:
        expect("a stack does not begin in the program's own source", stack and (stack[0]["file"] or "").startswith(("tests/", "examples/")))

# SARIF: ours, and the standard's where it can be had
whole = json.load(open(stem + ".whole.sarif"))
by_schema(source + "/tests/golden/sarif.schema.json", [whole], "SARIF")
if os.path.exists(sarif_schema) and importlib.util.find_spec("jsonschema"):
    import jsonschema
    for error in jsonschema.Draft7Validator(json.load(open(sarif_schema))).iter_errors(whole):
        faults.append(f"{code}: SARIF 2.1.0: {list(error.path)}: {error.message[:200]}")
results = whole["runs"][0]["results"]
expect("SARIF has other findings", [(r["ruleId"], r["partialFingerprints"]["goroId/v1"]) for r in results] == ids)
rules = {rule["id"] for rule in whole["runs"][0]["tool"]["driver"]["rules"]}
expect("SARIF has no rule of it", {r["ruleId"] for r in results} <= rules)
for r in results:
    expect("SARIF: a finding without a place", r["locations"])
    expect("SARIF: a finding without a stack", r["codeFlows"])

# JUnit: what its readers agree on
suite = xml.parse(stem + ".xml").getroot()
expect("JUnit: root", suite.tag == "testsuites" and [s.tag for s in suite] == ["testsuite"])
suite = suite[0]
cases = list(suite)
expect("JUnit: only cases", {c.tag for c in cases} <= {"testcase"})
expect("JUnit: attributes", set(suite.attrib) == {"name", "tests", "failures", "errors", "skipped"})
expect("JUnit: tests", int(suite.get("tests")) == len(cases))
expect("JUnit: failures", int(suite.get("failures")) == len(suite.findall("testcase/failure")))
expect("JUnit has other findings", [(c.get("classname"), c.get("name")[-9:-1]) for c in cases] == [("goro-race." + c, i) for c, i in ids])
for c in cases:
    expect("JUnit: a case's parts", [part.tag for part in c] == ["failure"] and set(c.attrib) <= {"classname", "name", "file", "line"})
    expect("JUnit: a failure's report", "Again: goro-race" in c[0].text and c[0].get("type") in rules and c[0].get("message"))


# HTML: every element that is opened is closed, and the data is that of the JSON
class Page(html.parser.HTMLParser):
    VOID = {"meta", "input", "br"}
    LOOSE = {"tr", "td"}  # whose end may be left out

    def __init__(self):
        super().__init__()
        self.open, self.data = [], ""

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID | self.LOOSE: self.open.append((tag, dict(attributes)))
        for name, value in attributes: expect(f"HTML asks for {value}", name not in ("src", "srcset") and not re.match("https?:", value or ""))

    def handle_endtag(self, tag):
        expect(f"HTML: </{tag}> closes nothing", self.open and self.open[-1][0] == tag)
        if self.open: self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1][1].get("id") == "data": self.data += data


page = Page()
page.feed(open(stem + ".html").read())
page.close()
expect("HTML: open at the end", not page.open)
data = json.loads(page.data)
expect("HTML has other findings", data["findings"] == findings)
named = {frame["file"] for f in findings for stack in f["stacks"] for frame in stack if frame["file"] and frame["line"]}
expect("HTML: no source", named and all(data["sources"].get(file) for file in named))

# text: in the same order, at most thirty lines each
text = open(stem + ".txt").read()
expect("text has other findings", re.findall(r"Id: ([0-9a-f]{8})$", text, re.M) == [i for _, i in ids])
for report in re.split(r"(?m)^(?=G[A-Z]\d{3} )", text)[1:]:
    expect("text: more than thirty lines", len(report.split("\n\ngoro-race: ")[0].rstrip().split("\n")) <= 30)
expect("text: an address", not re.search(r"0x[0-9a-f]{4}", text))

print("\n".join(faults)) if faults else None
sys.exit(bool(faults))
