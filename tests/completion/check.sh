#!/bin/bash
# check.sh BUILD: asks bash, zsh and fish what they complete, with the files as they are installed. The options must be those of
# --help-all. A shell that is not installed is skipped, and that is said.
set -uo pipefail
build=$(cd "$1" && pwd)
share=$build/share
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
mkdir results-folder && touch results.jsonl prog.c
export HOME=$dir LC_ALL=C.UTF-8 PATH=$build/bin:$PATH

checks=0
faults=0
same() { # TITLE EXPECTED FOUND
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    faults=$((faults + 1))
    printf '%s: expected\n  %s\nfound\n  %s\n\n' "$1" "$2" "$3"
}

# What --help-all lists and can be used.
options=$(goro-race --help-all | grep -v 'not available yet' | grep -o '^  --[a-z-]*' | tr -d ' ' | sort)
merge=$(goro-race merge --help | grep -o '^  --[a-z-]*' | tr -d ' ' | sort)
bench=$(goro-race bench --help | grep -o '^  --[a-z-]*' | tr -d ' ' | sort)
[ "$(wc -l <<<"$options")" -gt 15 ] || { echo "--help-all lists too little: $options"; exit 1; }

# bash: with the words so far; the last one is completed
in_bash() {
    bash --norc -c '
        . "$1/goro-race" && . "$1/goro-cc" || exit 1
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        function_of=$(complete -p "$1" | sed "s/.*-F \([^ ]*\).*/\1/")
        $function_of && [ ${#COMPREPLY[@]} = 0 ] || printf "%s\n" "${COMPREPLY[@]}"' bash "$share/bash-completion/completions" "$@" | sort
}
same 'bash: all options' "$options" "$(in_bash goro-race --)"
same 'bash: options of merge' "$merge" "$(in_bash goro-race merge --)"
same 'bash: options of bench' "$bench" "$(in_bash goro-race bench --)"
same 'bash: options of explain' '--lang' "$(in_bash goro-race explain -)"
same 'bash: a cut word' '--suppressions' "$(in_bash goro-race --sup)"
same 'bash: sub-commands' 'merge' "$(in_bash goro-race merg | grep -x merge)"
same 'bash: a program' 'prog.c' "$(in_bash goro-race --strict pro | grep -x prog.c)"
same 'bash: codes' 'GW001 GW002 GW003' "$(in_bash goro-race explain GW | xargs)"
same 'bash: codes of --fail-on' 'GW001 GW002 GW003' "$(in_bash goro-race --fail-on GW | xargs)"
same 'bash: WHEN' 'always auto never' "$(in_bash goro-race --color '' | xargs)"
same 'bash: WHEN behind =' 'always auto' "$(in_bash goro-race --color = a | xargs)"
same 'bash: files' 'results-folder results.jsonl' "$(in_bash goro-race --json res | xargs)"
same 'bash: files of merge' 'results-folder results.jsonl' "$(in_bash goro-race merge res | xargs)"
same 'bash: nothing behind --seed' '' "$(in_bash goro-race --seed '' | xargs)"
same 'bash: goro-cc' '-race' "$(in_bash goro-cc -ra)"
same 'bash: goro-cc, files' 'prog.c' "$(in_bash goro-cc -race pr)"

# zsh: a syntax check, and what it completes in a terminal that nobody sees (zpty)
if command -v zsh >/dev/null; then
    for file in _goro-race _goro-cc; do
        same "zsh: $file is well-formed" '' "$(zsh -n "$share/zsh/site-functions/$file" 2>&1)"
    done
    in_zsh() { # the command line, completed
        zsh -f -c '
            zmodload zsh/zpty
            zpty shell "PS1= zsh -f -i"
            zpty -w shell "stty -echo; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -d $HOME/dump; print re\"\"ady"
            zpty -r -m shell line "*ready*"
            zpty -w shell "bindkey \"^I\" complete-word; show() { print -r -- \"<\$BUFFER>\" }; zle -N show; bindkey \"^X\" show; print se\"\"t"
            zpty -r -m shell line "*set*"
            zpty -n -w shell "$2"$'"'\t\030'"'
            zpty -r -m shell line "*<*>*" && print -r -- ${${line##*<}%%>*}' zsh "$share/zsh/site-functions" "$1"
    }
    same 'zsh: a cut option' 'goro-race --suppressions=' "$(in_zsh 'goro-race --supp')"
    same 'zsh: a code' 'goro-race explain GX001 ' "$(in_zsh 'goro-race explain GX')"
    same 'zsh: an option of explain' 'goro-race explain --lang=' "$(in_zsh 'goro-race explain --')"
    same 'zsh: an option of merge' 'goro-race merge --strict ' "$(in_zsh 'goro-race merge --str')" # there is no --strategy
    same 'zsh: goro-cc' 'goro-cc -race ' "$(in_zsh 'goro-cc -rac')"
else
    echo 'skipped, as zsh is not installed: its completion'
fi

if command -v fish >/dev/null; then
    in_fish() {
        fish --no-config -c "source '$share/fish/vendor_completions.d/goro-race.fish'; source '$share/fish/vendor_completions.d/goro-cc.fish'; complete -C '$1'" | cut -f1 | sort
    }
    for file in goro-race goro-cc; do
        same "fish: $file is well-formed" '' "$(fish -n "$share/fish/vendor_completions.d/$file.fish" 2>&1)"
    done
    same 'fish: all options' "$options" "$(in_fish 'goro-race --')"
    same 'fish: options of merge' "$merge" "$(in_fish 'goro-race merge --')"
    same 'fish: options of explain' '--lang' "$(in_fish 'goro-race explain --')"
    same 'fish: options of bench' "$bench" "$(in_fish 'goro-race bench --')"
    same 'fish: codes' 'GW001 GW002 GW003' "$(in_fish 'goro-race explain GW' | xargs)"
    same 'fish: WHEN' 'always auto never' "$(in_fish 'goro-race --color ' | xargs)"
    same 'fish: goro-cc' '-race' "$(in_fish 'goro-cc -rac')"
    same 'fish: goro-cc, two dashes' '--goro-shared --goro-static' "$(in_fish 'goro-cc --goro-s' | xargs)"
else
    echo 'skipped, as fish is not installed: its completion'
fi

echo "$checks checks, $faults failed"
[ "$faults" = 0 ]
