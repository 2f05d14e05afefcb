#!/bin/bash
# goro-race merge: what was found in several runs is one report, which says the same as the runs' own.
. "$(dirname "$0")/common.sh"
support || exit 1
build fixture gcc -g -O1 || exit 1
status() { "$@" >/dev/null 2>&1; echo $?; }
merge() { "$race" merge "$@"; }
modes=(race locked field heap heap-lock warning predicted atomic free-later free-own stack)

# a single file: the same report, in every format, but for how often it was found
for mode in "${modes[@]}"; do
    for style in '' --stable; do
        # shellcheck disable=SC2086
        "$race" $style --json one.jsonl --sarif one.sarif --github ./fixture $mode 2>one.txt >one.github
        # shellcheck disable=SC2086
        merge $style --json again.jsonl --sarif again.sarif --github one.jsonl 2>again.txt >again.github
        same "$mode $style: text" "$(grep -v '^goro-race:' one.txt)" "$(grep -ve '^goro-race:' -e '^  Found: in 1 run' again.txt)"
        same "$mode $style: SARIF" "$(cat one.sarif)" "$(cat again.sarif)"
        same "$mode $style: GitHub" "$(cat one.github)" "$(cat again.github)"
        same "$mode $style: JSON" "$(cat one.jsonl)" "$(sed 's/,"runs":1//' again.jsonl)"
    done
    "$race" --json "$mode.jsonl" ./fixture "$mode" 2>/dev/null
done
if command -v python3 >/dev/null; then
    same 'the schema' '' "$(python3 "$here/validate.py" "$root/docs/findings.schema.json" again.jsonl)"
fi

# several
cp race.jsonl second.jsonl
found=$(merge --json all.jsonl race.jsonl second.jsonl locked.jsonl field.jsonl 2>&1)
same 'status' 66 $?
has 'the sum' '^goro-race: 2 findings \(2 errors\) on counter and table in 4 files$' "$found"
same 'one finding of three runs is one' 2 "$(wc -l <all.jsonl)"
has 'how often it was found' '^  Found: in 3 runs\.$' "$found"
has 'merged files can be merged' '^  Found: in 7 runs\.$' "$(merge all.jsonl all.jsonl race.jsonl 2>&1)"
has 'standard input' '2 findings .* in 1 file' "$(merge - <all.jsonl 2>&1)"
: >nothing.jsonl
same 'nothing found' 0 "$(status "$race" merge nothing.jsonl)"
same 'nothing and something' 66 "$(status "$race" merge nothing.jsonl race.jsonl)"

# the verdict is that of a run
same 'a warning' 0 "$(status "$race" merge warning.jsonl)"
same 'a warning --strict' 66 "$(status "$race" merge --strict warning.jsonl)"
same 'options in front' 66 "$(status "$race" --strict merge warning.jsonl)"
same 'predicted' 0 "$(status "$race" merge predicted.jsonl)"
same '--exit-code' 3 "$(status "$race" merge --exit-code 3 race.jsonl)"
same '--fail-on' 0 "$(status "$race" merge --fail-on GD race.jsonl)"
echo 'function:unlocked_*' >rules
same 'suppressed' 0 "$(status "$race" merge --suppressions rules race.jsonl)"
merge --write-baseline known.json race.jsonl 2>/dev/null
has 'baseline' 'baseline: 1 new, 1 known, 0 gone' "$(merge --baseline known.json race.jsonl field.jsonl 2>&1)"
same 'all known' 0 "$(status "$race" merge --baseline known.json race.jsonl)"
"$race" --baseline known.json --json was-known.jsonl ./fixture race 2>/dev/null
same 'known to the run' 0 "$(status "$race" merge was-known.jsonl)"
same 'known to one run, new to another' 66 "$(status "$race" merge was-known.jsonl race.jsonl)"
sed 's/"severity"/"withdrawn":true,"severity"/' race.jsonl >withdrawn-line
cat race.jsonl withdrawn-line >withdrawn.jsonl
same 'withdrawn in the same file' 0 "$(status "$race" merge withdrawn.jsonl)"
same 'withdrawn in one, not in another' 66 "$(status "$race" merge withdrawn.jsonl race.jsonl)"
same 'the other way round' 66 "$(status "$race" merge race.jsonl withdrawn.jsonl)"

# bad input
same 'no file' 125 "$(status "$race" merge)"
same 'no such file' 125 "$(status "$race" merge nosuch.jsonl)"
help=$("$race" merge --help)
same '--help: status' 0 $?
has '--help says what the files are' 'each FILE was written by goro-race' "$help"
has '--help has what merge takes' '--suppressions F' "$help"
lacks '--help has nothing of a run' '--(seed|explore|timeout|trace|gdb)' "$help"
for option in '--explore 3' --gdb '--attach 1' --virtual-time; do
    has "$option is refused" 'merge runs nothing' "$("$race" merge $option race.jsonl 2>&1)"
done
head -c 200 race.jsonl >cut.jsonl
has 'a cut file' 'cut.jsonl:1: this is no JSON' "$(merge cut.jsonl 2>&1)"
same 'a cut file: status' 125 "$(status "$race" merge race.jsonl cut.jsonl)"
echo '{"version":1}' >other.jsonl
has 'another file' 'other.jsonl:1: this is no finding' "$(merge other.jsonl 2>&1)"
has 'options behind the files' 'options go in front' "$(merge race.jsonl --strict 2>&1)"
same 'an option of a run' 125 "$(status "$race" merge --seed 1 race.jsonl)"
cat >hostile.jsonl <<'TEXT'
{"version":1,"code":"GR001","id":"1","severity":"error","title":"\u001b[31mred","stacks":"no","accesses":[{"stack":99999999,"goroutine":7,"kind":5,"locks":{}},{"stack":-1},{}],"object":[],"goroutines":[1,{"id":-5,"kind":"x"}],"line":-1,"parts":[{"role":"nobody","stack":1e9},{}],"file":"\u001b]0;x\u0007","runs":-3}
TEXT
found=$(merge --json h.jsonl --sarif h.sarif --junit h.xml --github hostile.jsonl 2>&1)
same 'hostile: status' 66 $?
lacks 'hostile: no escape sequence gets through' $'\033' "$found$(cat h.jsonl h.sarif h.xml)"

# parts of which nothing is known
for role in waits holds adds dones starts frees asks; do
    echo "{\"version\":1,\"code\":\"GM003\",\"id\":\"1\",\"severity\":\"error\",\"title\":\"x\",\"parts\":[{\"role\":\"$role\"}]}" >bare.jsonl
    same "a bare part that $role: status" 66 "$(status "$race" merge --sarif h.sarif --junit h.xml --html h.html --github bare.jsonl)"
done

# 10,000 findings of five files
"$race" --json many.jsonl ./fixture many 10000 2>/dev/null
same 'many' 10000 "$(merge --json out.jsonl many.jsonl many.jsonl many.jsonl many.jsonl many.jsonl 2>/dev/null; wc -l <out.jsonl)"
finish
