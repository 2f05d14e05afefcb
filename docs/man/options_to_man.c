/* options_to_man IN OUT VERSION: copies a manual page, putting the option table where a line says @OPTIONS@ and the
 * version where @VERSION@ stands. Compiled once for each page, with the table of that page's program. */
#include <stdio.h>
#include <string.h>

/* Writes text so that troff shows it as it is. */
static void write_escaped(FILE *out, const char *text) {
    if (*text == '.' || *text == '\'') fputs("\\&", out);
    for (; *text; text++) {
        if (*text == '-')
            fputs("\\-", out);
        else if (*text == '\\')
            fputs("\\e", out);
        else
            fputc(*text, out);
    }
}

static void write_option(FILE *out, const char *dashes, const char *name, const char *argument,
                         const char *help) {
    fputs(".TP\n.BR ", out);
    write_escaped(out, dashes);
    write_escaped(out, name);
    if (argument) fprintf(out, " \" \" \\fI%s\\fR", argument);
    fputs("\n", out);
    write_escaped(out, help);
    fputs("\n", out);
}

#ifdef PAGE_goro_cc
#include "instrument/cc/options.h"
static void write_options(FILE *out) {
#define ROW(option, member, value, help) write_option(out, "", option, NULL, help);
    GORO_CC_OPTIONS(ROW)
#undef ROW
}
#else
#include "reports/bench_options.h"
/* What is for the library alone has no place in a manual. */
static void write_row(FILE *out, const char *name, const char *argument, const char *place, const char *help) {
    if (strcmp(place, "HIDDEN") != 0) write_option(out, "--", name, argument, help);
}
static void write_options(FILE *out) {
#define ROW(id, name, argument, kind, place, help) write_row(out, name, argument, #place, help);
#ifdef PAGE_goro_race_bench
    BENCH_OPTIONS(ROW)
#else
    REPORT_OPTIONS(ROW)
#endif
#undef ROW
}
#endif

static void write_line(FILE *out, const char *line, const char *version) {
    const char *mark = strstr(line, "@VERSION@");
    if (strcmp(line, "@OPTIONS@\n") == 0)
        write_options(out);
    else if (mark)
        fprintf(out, "%.*s%s%s", (int)(mark - line), line, version, mark + strlen("@VERSION@"));
    else
        fputs(line, out);
}

int main(int argc, char **argv) {
    FILE *in = argc == 4 ? fopen(argv[1], "r") : NULL;
    FILE *out = in ? fopen(argv[2], "w") : NULL;
    if (!out) {
        fprintf(stderr, "usage: options_to_man IN OUT VERSION (or one of the files cannot be opened)\n");
        return 1;
    }
    char line[1024];
    while (fgets(line, sizeof line, in)) write_line(out, line, argv[3]);
    fclose(in);
    return fclose(out) == 0 ? 0 : 1;
}
