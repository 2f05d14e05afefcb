#!/bin/bash
# check.sh BIN SOURCE SCRATCH [--update]: the stable report of each finding code, in each format, is the one in reports/, and
# each format is as its schema says. --update writes what it is now instead.
#
# SARIF is validated against the standard's own schema, which comes in a package of npm's, where python3-jsonschema and npm
# are there; against ours (what we write, and no more) always.
set -uo pipefail
bin=$(cd "$1" && pwd) source=$2 scratch=$3
here=$source/tests/golden
command -v python3 >/dev/null || { echo 'skipped: there is no python3'; exit 77; }
unset "${!GORO_@}"
export GOMAXPROCS=1 LC_ALL=C.UTF-8 # one thread, one schedule
rm -rf "$scratch/now" && mkdir -p "$scratch/now" && cd "$source" || exit 2

schema=$scratch/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json
if [ ! -e "$schema" ] && command -v npm >/dev/null; then
    cp "$here/package.json" "$scratch" && (cd "$scratch" && npm install --no-audit --no-fund --no-package-lock --ignore-scripts >npm.log 2>&1)
fi

# How many goroutines there were is left out: a program that goes on until something is found starts more or fewer.
# Only what goro-race says: the program's own words are between.
own_words() { awk '/^G[A-Z][0-9][0-9][0-9] /{on = 1} on || /^goro-race: /{print} /^  Again: /{on = 0; print ""}'; }
suffixes=(txt json sarif xml github page.json)
make_reports() { # CODE PROGRAM
    local out=$scratch/now/$1
    "$bin/goro-race" --stable --seed 1 --json "$out.json" --sarif "$out.sarif" --junit "$out.xml" --html "$out.html" --github "$2" \
        </dev/null >"$out.stdout" 2>"$out.stderr" # files: told.h looks there
    own_words <"$out.stderr" | sed -E '/^goro-race: /s/ in [0-9]+ goroutines?//' >"$out.txt"
    grep '^::' "$out.stdout" >"$out.github"
    python3 "$here/tidy.py" "$out"
}
is_golden() { # CODE
    local suffix
    for suffix in "${suffixes[@]}"; do cmp -s "$scratch/now/$1.$suffix" "$here/reports/$1.$suffix" || return 1; done
}

checks=0 faults=0
while read -r code program; do
    checks=$((checks + 1))
    for attempt in 1 2 3; do # a program that is slow to wait for its turn may once be seen otherwise
        make_reports "$code" "$program"
        is_golden "$code" && break
    done
    python3 "$here/validate.py" "${code%%-*}" "$scratch/now/$code" "$source" "$schema" || { faults=$((faults + 1)); continue; }
    if [ "${4-}" = --update ]; then
        for suffix in "${suffixes[@]}"; do cp "$scratch/now/$code.$suffix" "$here/reports/"; done
    elif ! is_golden "$code"; then
        faults=$((faults + 1))
        echo "the report of $program is not the one in $here/reports/; check.sh --update brings it up to date"
        for suffix in "${suffixes[@]}"; do diff -u "$here/reports/$code.$suffix" "$scratch/now/$code.$suffix"; done | head -60
    fi
done <"$here/programs.txt"

# every code that a program of the tree expects has a report here
for code in $(grep -rhE '^// expect: ' tests/programs examples | grep -oE 'G[A-Z][0-9]{3}' | sort -u); do
    checks=$((checks + 1))
    grep -q "^$code " "$here/programs.txt" && continue
    faults=$((faults + 1))
    echo "$code is found by a program of the tree and has no golden report"
done
[ -e "$schema" ] && python3 -c 'import jsonschema' 2>/dev/null || echo "SARIF was not validated against the standard's schema: npm or python3-jsonschema is missing"
echo "$checks checks, $faults failed"
[ "$faults" = 0 ]
