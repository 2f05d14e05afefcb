#!/bin/bash
# check.sh BIN SOURCE SCRATCH: makes HTML reports of real programs, of one with hostile names and of ten thousand findings, and
# has check.js use them in a headless Chromium. Exit status 77, with the reason, where there is none.
set -uo pipefail
bin=$(cd "$1" && pwd) source=$2 scratch=$3
here=$source/tests/browser
unset GOMAXPROCS "${!GORO_@}"
export LC_ALL=C.UTF-8

skip() {
    echo "skipped: $*"
    exit 77
}
command -v node >/dev/null || skip 'there is no node'
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
    skip 'there is no chromium (Debian: apt-get install chromium)'
mkdir -p "$scratch" && cd "$scratch" || exit 2
if [ ! -d node_modules/playwright-core ]; then
    command -v npm >/dev/null || skip 'there is no npm to get playwright-core with'
    cp "$here/package.json" "$here/package-lock.json" . && npm ci --no-audit --no-fund >npm.log 2>&1 ||
        skip "npm cannot get playwright-core: $(tail -1 npm.log)"
fi

# -- the reports ----------------------------------------------------------------------------------------------------
rm -rf reports && mkdir reports && cd reports || exit 2
page() { # NAME CODE [option…] FILE: a report that has the code, from one of a few seeds
    local name=$1 code=$2 seed
    shift 2
    for seed in 1 2 3 4 5 6 7 8; do
        "$bin/goro-race" --seed "$seed" --html "$name.html" --json "$name.jsonl" "$@" >/dev/null 2>&1
        grep -q "\"code\":\"$code\"" "$name.jsonl" && return
    done
    echo "no $code in the report of $*"
    exit 1
}
cp "$source/examples/racy_map.c" "$here/cycle.c" "$here/sync.c" .
page race GR001 racy_map.c
page cycle GD002 cycle.c
page sync GR001 sync.c

# Names and lines that are markup, that end the script element, that steer a terminal.
mkdir '<img src=x onerror=hit()>'
hostile='<img src=x onerror=hit()>/a&b"c.c'
cat >"$hostile" <<'TEXT'
#include <goro.h>
static int counter;
static void count(void) {
    goro_set_name("</script><script>hit()</script>\033[31m");
    counter++; /* </script><script>window.hit = 1</script><!-- --> &lt; */
}
int main(void) {
    go(count);
    go(count);
    goro_sleep(20 * GORO_MILLISECOND);
}
TEXT
page hostile GR001 "$hostile"

# Nothing found, and ten thousand different findings.
"$bin/goro-race" --html none.html "$source/examples/racy_counter_fixed.c" >/dev/null 2>&1 || exit 1
cp "$source/tests/unit/reports/fixture.c" "$source/tests/unit/reports/sender.h" .
gcc -O1 -g -D_GNU_SOURCE -I"$source" fixture.c "$source/detector/wire.c" "$source/runtime/base/fail.c" \
    "$source/runtime/base/fmt.c" -o fixture || exit 1
"$bin/goro-race" --quiet --html many.html ./fixture many 10000 >/dev/null 2>&1
cd ..
NODE_PATH=$scratch/node_modules node "$here/check.js" "$browser" "$scratch/reports"
