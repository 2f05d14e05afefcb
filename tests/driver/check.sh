#!/bin/bash
# check.sh BUILD HERE COMPILER PART: goro-cc and the code it links in, used as users do.
set -uo pipefail
build=$(cd "$1" && pwd)
here=$(cd "$2" && pwd)
export GORO_CC=$3 PATH="$build/bin:$PATH"
part=$4
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/a place" && cd "$dir/a place" || exit 1
unset GORO_RACE_FD GORO_RACE_FILE GORO_RACE_OPTIONS

faults=0
checks=0
fault() {
    echo "FAULT $*"
    faults=$((faults + 1))
}
# try TITLE STATUS COMMAND…: the command must end with that status.
try() {
    local title=$1 expected=$2 status=0
    shift 2
    checks=$((checks + 1))
    timeout 60 "$@" >output 2>&1 || status=$?
    [ "$status" = "$expected" ] || fault "$title: expected status $expected, came $status from: $*
$(head -c 2000 output)"
}
# says TEXT: the last command's output has it.
says() {
    checks=$((checks + 1))
    grep -qF -- "$1" output || fault "no '$1' in the output: $(head -c 1500 output)"
}

cp "$here"/*.c "$here"/*.cc .

# C++ programs with threads: what the C++ runtime orders is seen.
cxx() {
    case $GORO_CC in
    gcc) GORO_CC=g++ ;;
    clang) GORO_CC=clang++ ;;
    esac
    if ! command -v "$GORO_CC" >/dev/null; then
        echo "no $GORO_CC: skipped"
        exit 77
    fi
    for options in -O0 -O2; do
        try "$GORO_CC $options statics" 0 goro-cc -race $options statics.cc -o statics -pthread
        try "$GORO_CC $options statics, run" 0 goro-race ./statics
        try "$GORO_CC $options racy statics" 0 goro-cc -race $options -DRACY statics.cc -o statics -pthread
        try "$GORO_CC $options racy statics, run" 66 goro-race ./statics
        says GR001
    done
}

# Every kind of link, with goroutines and with threads only: the racy one is found, the repaired one is not.
links() {
    local options program
    for options in '' -static '-fPIE -static-pie' '-fno-pie -no-pie' --goro-shared '-flto -fuse-ld=bfd' '-ffunction-sections -Wl,--gc-sections'; do
        for program in goroutines threads copies; do
            # shellcheck disable=SC2086
            try "build $program $options" 0 goro-cc -race -O2 $options $program.c -o racy
            try "racy $program $options" 66 goro-race ./racy
            says "$program.c:"
            # shellcheck disable=SC2086
            try "build repaired $program $options" 0 goro-cc -race -O2 $options -DREPAIRED $program.c -o repaired
            try "repaired $program $options" 0 goro-race ./repaired
        done
        # shellcheck disable=SC2086
        try "plain $options" 0 goro-cc -O2 $options -DREPAIRED goroutines.c -o plain
        try "run plain $options" 0 ./plain
    done

    try 'shared library' 0 goro-cc -race -shared -fPIC -Wl,--no-undefined library.c -o liblibrary.so
    try 'program of a shared library' 0 goro-cc -race use_library.c ./liblibrary.so -o racy
    try 'race in a shared library' 66 goro-race ./racy
    says 'library.c:'
    try 'program that loads' 0 goro-cc -race load_library.c -o racy -ldl
    try 'race in a loaded library' 66 goro-race ./racy
    says 'library.c:'
    try 'program that unloads' 0 goro-cc -race unload_library.c -o unload -ldl
    try 'the library anew is not the old one' 0 goro-race ./unload
    try 'race in a library that is gone' 66 goro-race ./unload racy
    says 'library_poke'
    try 'uninstrumented library' 0 "$GORO_CC" -shared -fPIC library.c -o liblibrary.so
    try 'what cannot be seen is not judged' 0 goro-race ./racy
}

# goro-cc in the compiler's place: questions, separate steps, response files, other build systems.
builds() {
    try version 0 goro-cc -race --version
    try 'search directories' 0 goro-cc -race -print-search-dirs
    try 'verbose without files' 0 goro-cc -race -v
    try help 0 goro-cc --goro-help
    says '-race'
    try 'own version' 0 goro-cc --goro-version
    try preprocess 0 goro-cc -race -E threads.c
    try assemble 0 goro-cc -race -S threads.c -o threads.s
    try 'assemble has calls' 0 grep -q __tsan_write4 threads.s
    printf '.globl f\nf: ret\n' >f.s
    try 'assembly' 0 goro-cc -race -Werror -c f.s -o f.o
    try 'no needless option' 0 goro-cc -race -Werror -Wall -Wextra -Wpedantic -std=c11 -c threads.c -o threads.o
    try 'nor at the link' 0 goro-cc -race -Werror threads.o f.o -o racy
    try 'standard input' 0 sh -c 'goro-cc -race -x c - -o racy <threads.c'
    try 'run standard input' 66 goro-race ./racy
    try 'compile' 0 goro-cc -race -O2 -MD -MF threads.d -c threads.c -o threads.o
    try 'dependencies' 0 grep -q threads.c threads.d
    try 'link' 0 goro-cc -race threads.o -o racy
    try 'run' 66 goro-race ./racy
    printf '%s\n' -race '"threads.c"' -o 'two\ words' >all.opts
    try 'response file' 0 goro-cc @all.opts
    try 'run' 66 goro-race './two words'
    try 'the sanitizer, too' 0 goro-cc -race -fsanitize=thread -D_FORTIFY_SOURCE=2 -O2 threads.c -o racy
    try 'run' 66 goro-race ./racy
    checks=$((checks + 1))
    ldd racy | grep -q libtsan && fault 'libtsan was linked'
    try 'no such compiler' 127 env GORO_CC=/nonexistent/cc goro-cc threads.c
    says GORO_CC
    try 'compiler of two words' 0 env GORO_CC="env $GORO_CC" goro-cc -race threads.c -o racy
    try 'run' 66 goro-race ./racy
    try 'errors keep their status' 1 goro-cc -race nonexistent.c

    printf 'CC = goro-cc -race\nracy: threads.o\n\t$(CC) $(LDFLAGS) -o $@ $^\n' >Makefile
    try make 0 make -s racy
    try 'run' 66 goro-race ./racy
    printf 'cmake_minimum_required(VERSION 3.20)\nproject(p C)\nfind_package(Threads REQUIRED)\nadd_executable(racy threads.c)\ntarget_link_libraries(racy Threads::Threads)\n' >CMakeLists.txt
    try cmake 0 env CC='goro-cc -race' cmake -S . -B by-cmake
    try 'cmake --build' 0 cmake --build by-cmake
    try 'run' 66 goro-race by-cmake/racy
}

# What the compilers turn into moves behind the instrumentation's back: every one of these must be seen.
gaps() {
    local level expected found
    for level in -O0 -O1 -O2 -O3 -Os; do
        try "build $level" 0 goro-cc -race -w $level gaps.c -o gaps
        try "run $level" 66 goro-race --json findings.json ./gaps
        expected=$(./gaps count)
        found=$(grep -c '"code": *"GR001"' findings.json)
        checks=$((checks + 1))
        [ "$found" = "$expected" ] || fault "$level: of $expected moves $found were seen"
    done
}

# Children, endings, descriptors, and what a program does without goro-race.
process() {
    try build 0 goro-cc -race -O2 process.c -o process
    for way in fork fork-close exec _exit daemon; do
        try "$way" 66 goro-race ./process $way
        says 'process.c:'
    done
    try 'killed by a signal' 66 goro-race ./process abort
    says 'process.c:'
    try 'a clean child' 0 goro-race ./process clean
    try 'a status of its own' 7 goro-race ./process seven

    for options in -O0 -O2 '-O2 -static'; do
        # shellcheck disable=SC2086
        try "build signals $options" 0 goro-cc -race $options signals.c -o signals
        try "signals $options" 0 goro-race ./signals
        # shellcheck disable=SC2086
        try "build many_threads $options" 0 goro-cc -race $options many_threads.c -o many_threads
        try "many_threads $options" 0 goro-race ./many_threads
    done

    try 'without goro-race it starts one' 66 ./process _exit
    says 'process.c:'
    try 'its own status is kept' 7 ./process seven
    try 'nobody to report' 66 env GORO_RACE_OPTIONS=report=0 ./process _exit
    says 'process+0x'
    says goro-race
    try 'a file' 66 env GORO_RACE_FILE=findings ./process _exit
    try 'the file has records' 0 grep -q GORO findings
    try 'an exit code' 9 env GORO_RACE_OPTIONS=exitcode=9 ./process _exit
}

"$part"
[ "$faults" = 0 ] && echo "$checks checks passed" && exit 0
echo "$faults of $checks checks failed"
exit 1
