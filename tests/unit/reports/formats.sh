#!/bin/bash
# The machine formats: well-formed, complete, and several at once; suppressions and baselines.
. "$(dirname "$0")/common.sh"
support || exit 1
build fixture gcc -g -O1 || exit 1
status() { "$@" >/dev/null 2>&1; echo $?; }

"$race" --json f.jsonl --sarif f.sarif --junit f.xml --github ./fixture locked >out 2>err
same 'status' 66 $?
json=$(cat f.jsonl)
same 'one line' 1 "$(wc -l <f.jsonl)"
for key in code severity id title stacks goroutines seed why fix accesses; do has "JSON: $key" "\"$key\":" "$json"; done
has 'SARIF: version' '"version":"2.1.0"' "$(cat f.sarif)"
has 'SARIF: rule' '"ruleId":"GR001"' "$(cat f.sarif)"
has 'JUnit: failure' '<failure type="GR001"' "$(cat f.xml)"
has 'GitHub' '^::error file=fixture.c,line=[0-9]+,(col=[0-9]+,)?title=GR001 data race::' "$(cat out)"
has 'text besides' '^GR001 data race on counter' "$(cat err)"
if command -v python3 >/dev/null; then
    checks=$((checks + 1))
    python3 - <<'TEXT' || faults=$((faults + 1))
import json, xml.dom.minidom
f = json.loads(open("f.jsonl").read())
assert f["code"] == "GR001" and len(f["stacks"]) == 2 and f["seed"] == 17
assert f["stacks"][0][0]["function"] == "bump" and f["stacks"][0][0]["inlined"] is True
assert f["accesses"][1]["locks"][0]["name"] == "mu_storage"
r = json.load(open("f.sarif"))["runs"][0]
assert len(r["tool"]["driver"]["rules"]) == 19 and len(r["results"]) == 1
assert len(r["results"][0]["codeFlows"]) == 2
assert xml.dom.minidom.parse("f.xml").getElementsByTagName("failure").length == 1
TEXT
fi

# every mode's line is as the published schema says
if command -v python3 >/dev/null; then
    for mode in race locked field heap heap-lock warning predicted atomic free-later free-own stack fork; do
        "$race" --json one.jsonl ./fixture $mode 2>/dev/null
        cat one.jsonl
    done >modes.jsonl
    "$race" --stable --json one.jsonl ./fixture locked 2>/dev/null
    cat one.jsonl >>modes.jsonl
    same 'lines of all modes' 13 "$(wc -l <modes.jsonl)"
    same 'the schema' '' "$(python3 "$here/validate.py" "$root/docs/findings.schema.json" modes.jsonl)"
fi

# hostile names: of the program, of its directory
mkdir $'<&"\033[31m\'dir'
cp fixture $'<&"\033[31m\'dir/p<&q' && strip $'<&"\033[31m\'dir/p<&q'
"$race" --json h.jsonl --sarif h.sarif --junit h.xml --github $'./<&"\033[31m\'dir/p<&q' race >out 2>err
lacks 'no escape sequence gets through' $'\033' "$(cat h.jsonl h.sarif h.xml out err)"
if command -v python3 >/dev/null; then
    checks=$((checks + 1))
    python3 -c 'import json, xml.dom.minidom
json.loads(open("h.jsonl").read()); json.load(open("h.sarif")); xml.dom.minidom.parse("h.xml")' || faults=$((faults + 1))
fi

# hostile names of functions, files and goroutines, and hostile lines: nothing of them steers a terminal, a CI's log or a page
evil=$'evil\033[31m<&"\'\n::error file=x::.c'
cp fixture.c "$evil"
sed -i -e 's|sender_capture(&later);|sender_capture(\&later); /* \x1b]0;title\x07 </script> ]]> \xff\xfe \xe2\x80\xae */|' \
    -e 's|= "locked"|= "\\033[2J<\&]]>\\n::error::\\377"|' "$evil"
gcc -w -D_GNU_SOURCE -g -O1 -I"$root" -c "$evil" -o evil.o &&
    objcopy --redefine-sym counter=$'c\033[5m<&"]]>' evil.o && gcc evil.o support.o -o evil || exit 1
for mode in race field locked heap; do
    "$race" --json h.jsonl --sarif h.sarif --junit h.xml --html h.html --github ./evil $mode >out 2>err
    same "hostile $mode: status" 66 $?
    lacks "hostile $mode: no control character gets through" $'[\001-\010\013-\037\177]' "$(cat h.jsonl h.sarif h.xml h.html out err)"
    lacks "hostile $mode: none that turns the line round" $'\u202e' "$(cat h.jsonl h.sarif h.xml h.html out err)"
    has "hostile $mode: the goroutine's name is there, spelt out" '\\x1b\[2J<&\]\]>\\x0a::error::\\xff' "$(cat err)"
    same "hostile $mode: one annotation" 1 "$(grep -c '^::' out)"
    same "hostile $mode: no script but the page's" 2 "$(grep -o '<script' h.html | wc -l)"
    same "hostile $mode: all is UTF-8" '' "$(cat h.jsonl h.sarif h.xml h.html out err | iconv -f UTF-8 -t UTF-8 2>&1 >/dev/null)"
    if command -v python3 >/dev/null; then
        checks=$((checks + 1))
        python3 -c 'import json, xml.dom.minidom
f = json.loads(open("h.jsonl").read()); json.load(open("h.sarif")); xml.dom.minidom.parse("h.xml")
assert "evil" in f["file"] and f["stacks"][0][0]["function"] == "bump"' || faults=$((faults + 1))
    fi
done

# a source line of a gigabyte, and one of letters behind which a gigabyte follows: what is read and what is shown has limits
limit=1000000
(ulimit -v $limit && "$race" --version >/dev/null 2>&1) || limit=unlimited # a sanitizer's build
mkdir long && cp fixture.c sender.h long/
(cd long && gcc -D_GNU_SOURCE -g -O1 -I"$root" fixture.c ../support.o -o fixture) || exit 1
for line in zeros letters; do
    : >long/fixture.c
    if [ $line = letters ]; then
        head -c 20 /dev/zero | tr '\0' '\n' >long/fixture.c
        head -c 3000000 /dev/zero | tr '\0' 'x' >>long/fixture.c
    fi
    truncate -s 1G long/fixture.c
    (cd long && ulimit -v $limit && "$race" --json h.jsonl --sarif h.sarif --html h.html --github ./fixture race >out 2>err)
    same "a long line of $line: status" 66 $?
    has "a long line of $line: the finding" '^GR001 data race on counter' "$(cat long/err)"
    same "a long line of $line: no line of ours is long" '' "$(awk 'length > 400' long/err | cut -c1-80)"
    same "a long line of $line: a page of usual size" yes "$([ "$(stat -c %s long/h.html)" -lt 200000 ] && echo yes)"
done

# many findings: all in the file, the first hundred printed
"$race" --json many.jsonl ./fixture many 3000 2>err
same 'all are written' 3000 "$(wc -l <many.jsonl)"
same 'a hundred are printed' 100 "$(grep -c '^GR001' err)"
has 'the rest is told' '2900 of them are not printed' "$(cat err)"
same '--max-reports' 7 "$("$race" --max-reports 7 ./fixture many 30 2>&1 | grep -c '^GR001')"

# suppressions
suppress() { printf '%s\n' "$1" >rules; status "$race" --suppressions rules ./fixture "${2-race}"; }
same 'by code' 0 "$(suppress 'GR001')"
same 'by function' 0 "$(suppress 'GR001 function:unlocked_*')"
same 'by file' 0 "$(suppress 'file:fix*.c')"
same 'by library' 0 "$(suppress 'library:fixture')"
same 'by object' 0 "$(suppress 'object:counter')"
same 'by field' 0 "$(suppress 'object:table*' field)"
same 'by another function' 66 "$(suppress 'GR001 function:main')"
same 'all conditions' 66 "$(suppress 'GR002 function:unlocked_*')"
same 'an empty file' 66 "$(suppress '# nothing')"
same 'a wrong line' 125 "$(suppress 'GR01x')"
same 'no such file' 125 "$(status "$race" --suppressions nosuch ./fixture race)"
printf '# old\n\nGR002\n' >rules
has 'an unused one is told' 'rules:3: this suppression matched nothing' "$("$race" --suppressions rules ./fixture race 2>&1)"

printf 'GR002\nGR001\nGR003 id:00000000\n' >rules
same 'each unused one, in their order, and no used one' $'rules:1:\nrules:3:' "$("$race" --suppressions rules ./fixture race 2>&1 | grep -o 'rules:[0-9]*:')"

# baselines
same 'writing one' 66 "$(status "$race" --write-baseline known.json ./fixture race)"
same 'known' 0 "$(status "$race" --baseline known.json ./fixture race)"
same 'known: a JSON file serves, too' 0 "$(status "$race" --baseline f.jsonl ./fixture race)"
same 'new' 66 "$(status "$race" --baseline known.json ./fixture many 1)"
has 'new and gone are told' '^goro-race: baseline: 1 new, 0 known, 1 gone$' "$("$race" --baseline known.json ./fixture many 1 2>&1)"
has 'known is told' '^goro-race: baseline: 0 new, 1 known, 0 gone$' "$("$race" --baseline known.json ./fixture race 2>&1)"
has '--verbose names what is gone' '^goro-race: gone: GR001 data race on counter .*\[[0-9a-f]{8}\]$' "$("$race" --verbose --baseline known.json ./fixture many 1 2>&1)"
lacks '--quiet tells no figures' 'baseline:' "$("$race" --quiet --baseline known.json ./fixture many 1 2>&1)"
same 'no baseline at all' 125 "$(status "$race" --baseline rules ./fixture race)"
finish
