#!/bin/bash
# check.sh BUILD: every public name of the header and the library has a page, every option is in one, and man has nothing to
# complain about.
set -uo pipefail
build=$(cd "$1" && pwd)
man=$build/share/man
export LC_ALL=C.UTF-8 MANWIDTH=100

checks=0
faults=0
same() { # TITLE EXPECTED FOUND
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    faults=$((faults + 1))
    printf '%s: expected\n%s\nfound\n%s\n\n' "$1" "$2" "$3"
}

pages=$(cd "$man/man3" && ls | sed 's/\.3$//' | sort)
symbols=$(nm -D --defined-only "$build/lib/libgoro.so" | awk '$2 == "T" && $3 ~ /^goro_.*[^_]$/ { print $3 }' | grep -v '^goro_errno_location$' | sort)
[ "$(wc -l <<<"$symbols")" -gt 50 ] || { echo "too few symbols: $symbols"; exit 1; }
same 'functions without a page' '' "$(comm -23 <(echo "$symbols") <(echo "$pages"))"
macros=$(sed -n 's/^#define \(\(go\|chan\|goro\)[a-z_]*\)(.*/\1/p' "$build/include/goro.h" | grep -v '_$' | sort -u)
[ "$(wc -l <<<"$macros")" -gt 15 ] || { echo "too few macros: $macros"; exit 1; }
same 'macros without a page' '' "$(comm -23 <(echo "$macros") <(echo "$pages"))"
same 'pages that lead nowhere' '' "$(cd "$man/man3" && grep -h '^\.so ' -- *.3 | sort -u | while read -r _ page; do [ -s "../$page" ] || echo "$page"; done)"
same 'options of goro-race without a line in its page' '' "$(
    "$build/bin/goro-race" --help-all | grep -v 'not available yet' | grep -o '^  --[a-z-]*' | tr -d ' ' | while read -r option; do
        grep -q -- "^\.BR ${option//-/\\\\-}\( \|$\)" "$man/man1/goro-race.1" || echo "$option"
    done)"

if command -v man >/dev/null; then
    for page in "$man"/man1/*.1 "$man"/man3/goro.3 "$man"/man3/goro_{channels,sync,select,context}.3; do
        same "$(basename "$page"): warnings" '' "$(man --warnings=all -l "$page" 2>&1 >/dev/null)"
    done
    text=$(man -l "$man/man3/goro_channels.3" 2>/dev/null)
    same 'goro_channels.3 says what the header says' 1 "$(grep -c 'Values buffered now, and room for how many; 0 for NULL' <<<"$text")"
    same 'its declarations' 1 "$(grep -c 'chan_len(c)$' <<<"$text")"
    same 'man goro_mutex_lock' 1 "$(man -M "$man" goro_mutex_lock 2>&1 | grep -c '^ *void goro_mutex_lock(goro_mutex \*m);')"
else
    echo 'skipped, as man is not installed: how the pages look'
fi

echo "$checks checks, $faults failed"
[ "$faults" = 0 ]
