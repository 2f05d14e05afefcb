#!/bin/bash
# Does run_program fail when it should? With a stand-in for goro-cc that is the plain compiler and one for goro-race that
# reports what it is told to, each case below is a program, a report, and what run_program must say of the two.
set -uo pipefail
run_program=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

cat >"$dir/goro-cc" <<TEXT
#!/bin/bash
[ "\$1" = -race ] && shift
exec "$2" "\$@"
TEXT
cat >"$dir/goro-race" <<'TEXT'
#!/bin/bash
json=$2
while [ "$1" != -- ]; do shift; done
shift
"$@"
status=$?
cat "$REPORT" >"$json"
if grep -q '"severity": *"error"' "$REPORT"; then exit 66; fi
exit $status
TEXT
chmod +x "$dir/goro-cc" "$dir/goro-race"

faults=0
checks=0
# check NAME STATUS TEXT: runs the program in $dir/NAME.c with the report in $REPORT; output must contain TEXT.
check() {
    local output status=0
    checks=$((checks + 1))
    output=$("$run_program" --goro-cc "$dir/goro-cc" --goro-race "$dir/goro-race" --compiler gcc "$dir/$1.c" 2>&1) || status=$?
    if [ "$status" != "$2" ] || [[ $output != *"$3"* ]]; then
        printf 'case %s: expected status %s and "%s", came %s and:\n%s\n\n' "$1" "$2" "$3" "$status" "$output"
        faults=$((faults + 1))
    fi
}
program() { # NAME HEAD…: a program whose line 10 is the first racing one and line 11 the second
    local name=$1 i
    shift
    {
        printf '// %s\n' "$@"
        for ((i = $#; i < 8; i++)); do echo; done
        echo 'int main(void) {'
        echo '    int a = 1; // race: first'
        echo '    int b = 2; // race: second'
        echo '    return a + b - 3;'
        echo '}'
    } >"$dir/$name.c"
}
finding() { # CODE SEVERITY LINE LINE FILE
    printf '{"code": "%s", "severity": "%s", "id": "1", "title": "t", "goroutines": [], "seed": 1, "stacks": [' "$1" "$2"
    printf '[{"function": "memcpy", "file": "libc.c", "line": 1}, {"function": "f", "file": "/x/%s", "line": %s}],' "$5" "$3"
    printf '[{"function": "f", "file": "%s", "line": %s}]]}\n' "$5" "$4"
}
export REPORT=$dir/report

program races 'expect: GR001' 'exit: 0'
finding GR001 error 10 11 races.c >"$REPORT"; check races 0 ''
finding GR001 error 11 10 races.c >"$REPORT"; check races 0 ''
finding GR001 error 10 10 races.c >"$REPORT"; check races 1 'lines 10 and 10, which are no marked pair'
finding GR001 error 10 11 other.c >"$REPORT"; check races 1 "has no frame of the program's own source"
: >"$REPORT"; check races 1 'expected finding GR001 did not come'
echo '{"code": ' >"$REPORT"; check races 1 'is no JSON'
echo '{"code": "GR001", "severity": "error"}' >"$REPORT"; check races 1 'the JSON line has no seed'
{ finding GR001 error 10 11 races.c; finding GD001 error 10 11 races.c; } >"$REPORT"; check races 1 'unexpected finding GD001'

program exactly 'expect: GR001*1'
{ finding GR001 error 10 11 exactly.c; finding GR001 error 10 11 exactly.c | sed 's/"id": "1"/"id": "2"/'; } >"$REPORT"; check exactly 1 'came 2 times, not 1'

program none 'expect: none'
sed -i 's,// race.*,,' "$dir/none.c"
: >"$REPORT"; check none 0 ''
finding GR001 error 10 11 none.c >"$REPORT"; check none 1 'unexpected finding GR001'

program late 'expect: none' 'pending: the moon'
sed -i 's,// race.*,,' "$dir/late.c"
finding GR001 error 10 11 late.c >"$REPORT"; check late 77 'pending: the moon'
: >"$REPORT"; check late 1 'passes now'

program sometimes 'expect: none' 'sometimes: GL001'
sed -i 's,// race.*,,' "$dir/sometimes.c"
check sometimes 1 'GL001 came in none of the runs'
finding GL001 warning 10 11 sometimes.c >"$REPORT"; check sometimes 0 ''
: >"$REPORT"

head='#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n'
program_text() { # NAME DIRECTIVES BODY
    printf "$2$head int main(int argc, char **argv) { (void)argc, (void)argv; $3 }\n" >"$dir/$1.c"
}
program_text status '// expect: none\n// exit: 3\n' 'return 3;'; check status 0 ''
program_text status '// expect: none\n' 'return 3;'; check status 1 'exit status: expected 0, came 3'
program_text signal '// expect: none\n// exit: 134\n' 'abort();'; check signal 0 ''
program_text hang '// expect: none\n// timeout: 1\n// runs: 1\n// mode: plain\n' 'for (;;) pause();'
check hang 1 'it had not ended after 1 seconds'
program_text out '// expect: none\n// stdout: a b\n// stdout:\n' 'puts("a b\\n");'; check out 0 ''
program_text out '// expect: none\n// stdout: a b\n' 'puts("a b\\nc");'; check out 1 'stdout, line 2: expected no more, came "c"'
program_text sorted '// expect: none\n// stdout-any-order: a\n// stdout-any-order: b\n' 'puts("b\\na");'; check sorted 0 ''
program_text given '// expect: none\n// args: x y\n// env: E=1 2\n// stdin: in\n// stdout: 3 y 1 2 in\n' \
    'char line[9]; if (!fgets(line, 9, stdin)) return 9; printf("%%d %%s %%s %%s", argc, argv[2], getenv("E"), line);'
check given 0 ''
program_text each '// expect: none\n// args: x\n// each: a b\n// each: c\n// stdout: 3\n' \
    'printf("%%d", argv[2][0] == 99 ? 9 : argc);'
check each 1 'stdout, line 1: expected "3", came "9"'
sed -i 's/== 99/== 100/' "$dir/each.c"; check each 0 ''
program_text procs '// expect: none\n// procs: 5\n// stdout: 5\n' 'puts(getenv("GOMAXPROCS"));'; check procs 0 ''
program_text warns '// expect: none\n' 'int unused; return 0;'; check warns 1 'goro-cc ended with 1'
program_text cflags '// expect: none\n// cflags: -Wno-error -w\n' 'int unused; return 0;'; check cflags 0 ''
program_text clang '// expect: none\n// compilers: clang\n' 'return 0;'; check clang 77 'not for gcc'

program_text bad '// expect: none\n// expectt: GR001\n' 'return 0;'; check bad 2 'unknown directive: expectt'
program_text bad '// expect: none\n// expect: none\n' 'return 0;'; check bad 2 'given twice: expect'
program_text bad '// exit: 0\n' 'return 0;'; check bad 2 'a directive is missing: expect'
program_text bad '// expect: GR1\n' 'return 0;'; check bad 2 'no finding code: GR1'
program_text bad '// expect: GR001\n' 'return 0;'; check bad 2 'no line has a mark'
program_text bad '// expect: none\n' 'return 0; // exit: 3\n'; check bad 2 'stands below the head: exit'
program_text bad '// expect: GR001\n' 'return 0; // race: first\n'; check bad 2 'no line for one of its sides'
program_text bad '// expect: none\n// exit: 300\n' 'return 0;'; check bad 2 'no exit status: 300'
program_text bad '// expect: none\n// at all times\n' 'return 0; // at: GR001\n'; check bad 2 'a mark of a code that is not expected'

printf '%d checks, %d failed\n' "$checks" "$faults"
[ "$faults" = 0 ]
