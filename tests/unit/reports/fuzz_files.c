/* A libFuzzer target: what users and other runs give goro-race besides the wire. The first byte chooses:
 *   j  a line of JSON as goro-race merge reads it, made into a finding, that every format
 *   s  a file of suppressions      b  a baseline      o  options, words between NULs
 * A refusal in words is the right answer to nonsense; exit, which follows it, comes back here. By hand, longer:
 *   tests/unit/reports/fuzz.sh ROOT BUILD 600 */
#include "reports/filter.h"
#include "reports/json_read.h"
#include "reports/options.h"
#include "reports/writers.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void __real_exit(int status);
_Noreturn void __wrap_exit(int status);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static jmp_buf refused;
static bool reading;

void __wrap_exit(int status) {
    if (!reading) __real_exit(status);
    if (status != EXIT_MISUSE) abort();
    longjmp(refused, 1);
}

static void read_json(const char *text) {
    json_t *o = json_loads(text, 0, NULL);
    struct model_finding *f = o ? json_finding(o) : NULL;
    struct run run = {.again = "./prog", .width = 80, .color = true, .verbose = *text & 1};
    struct text t = {0};

    json_decref(o);
    if (!f) return;
    write_text(&t, f, &run);
    for (const char *at = t.data; at && *at; at++) /* nothing steers the terminal but the colours that we put */
        if (*at == '\033' && (at[1] != '[' || at[2 + strspn(at + 2, "0123456789;")] != 'm')) abort();
    write_json(&t, f, &run);
    write_github(&t, f);
    write_sarif(&t, f, &run);
    write_junit(&t, f, &run);
    write_html(&t, f, &run);
    filter_write_baseline(&t, f);
    text_free(&t);
    model_free(f);
}

static void read_file(const uint8_t *data, size_t n, void (*read)(const char *path)) {
    static char path[] = "/tmp/fuzz-XXXXXX";
    static int fd = -1;

    if (fd < 0) fd = mkstemp(path);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, n, 0) != (ssize_t)n) abort();
    read(path);
}

static void read_options(char *text, size_t n) {
    char *argv[64] = {"goro-race"};
    size_t words = 1;
    struct options o;

    for (char *at = text; at < text + n && words < 63; at += strlen(at) + 1) argv[words++] = at;
    options_parse(&o, argv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    char *text;

    if (!n) return 0;
    text = memory_new(n); /* one byte of the kind makes room for the NUL */
    memcpy(text, data + 1, n - 1);
    reading = true;
    if (setjmp(refused) == 0) {
        if (*data == 'j') read_json(text);
        else if (*data == 's') read_file(data + 1, n - 1, filter_read_suppressions);
        else if (*data == 'b') read_file(data + 1, n - 1, filter_read_baseline);
        else if (*data == 'o') read_options(text, n - 1);
    }
    reading = false;
    close_range(20, ~0U, 0); /* what a refusal has left open */
    free(text);
    return 0;
}
