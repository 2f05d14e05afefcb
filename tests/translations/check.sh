#!/bin/bash
# check.sh BUILD SOURCE: every text of explain is translated in each language, none is fuzzy or left over, names and program lines
# are those of the English page, and --lang and the locale choose.
set -uo pipefail
build=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
race=$build/bin/goro-race
for tool in msgfmt xgettext msgcmp; do
    command -v $tool >/dev/null || { echo "skipped, as $tool is not installed"; exit 77; }
done
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$source" || exit 2
unset LANGUAGE LC_MESSAGES LANG
export LC_ALL=C.UTF-8

checks=0
faults=0
fault() {
    faults=$((faults + 1))
    printf '%s\n' "$*"
}
# has TITLE PATTERN TEXT
has() {
    checks=$((checks + 1))
    grep -Eq -- "$2" <<<"$3" || fault "$1: expected something like '$2', found:
$3"
}
same() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] || fault "$1: expected
$2
found
$3"
}

xgettext --from-code=UTF-8 --keyword=N_ --keyword=X:3 -o "$dir/all.pot" reports/explain_pages.c reports/words.c reports/codes.h 2>/dev/null
count=$(grep -c '^msgid' "$dir/all.pot")
[ "$count" -ge 42 ] || fault "xgettext found $count texts only"

# The lines of the page's program, without comments: all indented ones above the repairs.
program() { sed -e '/^  \* /,$d' <<<"$1" | grep -oE '^    [^/]*[;{}]( |$)'; }

declare -A script=([ru]='\p{Cyrillic}{3}' [zh_CN]='\p{Han}{2}' [fa]='\p{Arabic}{3}')
for po in reports/po/*.po; do
    language=$(basename "$po" .po)
    checks=$((checks + 1))
    output=$(msgcmp "$po" "$dir/all.pot" 2>&1) || fault "$language: $output"
    # (a C.UTF-8 locale, so that msgfmt counts in English)
    has "$language: all of them" "^$((count - 1)) translated messages\.$" "$(msgfmt --statistics --check-format -o /dev/null "$po" 2>&1)"
    for code in $("$race" explain | grep -o '^  G[A-Z][0-9]*'); do
        english=$("$race" explain "$code")
        page=$("$race" --lang "$language" explain "$code")
        checks=$((checks + 1))
        grep -qP "${script[$language]:-.}" <<<"$page" || fault "$language $code is in no script of the language: $page"
        checks=$((checks + 1))
        [ "$page" != "$english" ] || fault "$language $code is English"
        # Every name of goro's in the English page is in this one.
        checks=$((checks + 1))
        missing=$(grep -oE '\b(goro|chan)_[a-z_]+\b' <<<"$english" | sort -u | while read -r name; do grep -q "$name" <<<"$page" || echo "$name"; done)
        [ -z "$missing" ] || fault "$language $code lacks $missing"
        # The program is the same, but for its comments.
        same "$language $code: the program" "$(program "$english")" "$(program "$page")"
        checks=$((checks + 1))
        lines=$(wc -l <<<"$page")
        [ "$lines" -le 28 ] || fault "$language $code has $lines lines"
    done
done

title() { head -1 <<<"$("$@" 2>&1)"; }
has '--lang ru' 'гонка данных \(ошибка\)' "$(title "$race" --lang ru explain GR001)"
has '--lang behind explain' '数据竞争' "$(title "$race" explain --lang zh_CN GR001)"
has 'zh is zh_CN' '数据竞争' "$(title "$race" --lang zh explain GR001)"
has '--lang fa' 'رقابت داده' "$(title "$race" --lang fa explain GR001)"
has '--lang en' 'GR001  data race \(error\)' "$(title env LC_ALL=ru_RU.UTF-8 "$race" --lang en explain GR001)"
has 'by LC_ALL' 'гонка' "$(title env LC_ALL=ru_RU.UTF-8 "$race" explain GR001)"
has 'by LANG' '数据' "$(title env -u LC_ALL LANG=zh_CN.UTF-8 "$race" explain GR001)"
has 'by LANGUAGE' 'رقابت' "$(title env LC_ALL=de_DE.UTF-8 LANGUAGE=xx:fa "$race" explain GR001)"
has 'another locale' 'data race' "$(title env LC_ALL=de_DE.UTF-8 "$race" explain GR001)"
has 'the C locale' 'data race' "$(title env LC_ALL=C LANGUAGE=ru "$race" explain GR001)"
has 'a locale without UTF-8' 'data race' "$(title env LC_ALL=ru_RU.KOI8-R "$race" explain GR001)"
has 'no such language' "no explanations in 'xx'; there are: en, .*ru" "$("$race" --lang xx explain GR001 2>&1)"
same 'no such language: status' 125 "$("$race" --lang xx explain GR001 >/dev/null 2>&1; echo $?)"
has 'a path is no language' 'no explanations' "$("$race" --lang ../../ru explain GR001 2>&1)"

# a catalogue that is cut off or overwritten is as none
mkdir -p "$dir/bin" "$dir/share/locale/ru/LC_MESSAGES"
cp "$race" "$dir/bin"
whole=$build/share/locale/ru/LC_MESSAGES/goro-race.mo
for bytes in 0 10 27 28 100 1000 $(($(stat -c %s "$whole") / 2)); do
    head -c "$bytes" "$whole" >"$dir/share/locale/ru/LC_MESSAGES/goro-race.mo"
    has "a catalogue of $bytes bytes" 'GR001' "$(title env LC_ALL=ru_RU.UTF-8 "$dir/bin/goro-race" explain GR001)"
done

echo "$checks checks, $faults failed"
[ "$faults" = 0 ]
