/* header_to_man GORO_H FOLDER VERSION: makes the manual pages of section 3 out of the public header: goro.3 of its first
 * comment, a page for each of its areas ("-- name ---"), and a page for each name that leads to the area's.
 *
 * Always true
 *  1. What a page says is a comment of the header: prose below an area's heading, else what stands in front of a
 *     declaration. Declarations without a comment between them share the one in front.
 *  2. Names that end in _ are the macros' own and in no page.
 *
 * The header is ours and well laid out: comments and declarations begin in the first column. What is not understood so
 * is left out; tests/man/check.sh compares the names with those of the libraries. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 1024, TEXT = 8192, ITEMS = 64, GROUPS = 64 };

struct group {
    char about[TEXT]; /* lines, as in the comment */
    char *shown[ITEMS], *names[ITEMS];
    size_t count;
};
struct area {
    char title[128], slug[64], prose[TEXT];
    struct group groups[GROUPS];
    size_t count;
};
static struct area areas[24];
static size_t area_count;
static char preface[TEXT];
static const char *folder, *version;

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "header_to_man: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* -- reading ---------------------------------------------------------------------------------------------------------- */

static void append(char *text, const char *more) {
    if (strlen(text) + strlen(more) + 1 >= TEXT) fail("a comment is too long");
    strcat(text, more);
}

/* "sync: WaitGroup, locks" -> "sync", "the scheduler" -> "scheduler", "I/O" -> "io" */
static void make_slug(struct area *a) {
    const char *s = strncmp(a->title, "the ", 4) ? a->title : a->title + 4;
    size_t n = 0;

    for (; *s && *s != ':' && *s != ' ' && n < sizeof a->slug - 1; s++)
        if (isalnum((unsigned char)*s)) a->slug[n++] = (char)tolower((unsigned char)*s);
}

/* The rest of a comment whose first line has been read; `text` gets its lines without what they begin with. */
static void read_comment(FILE *in, char *line, char *text) {
    char *at = line + 3;

    for (;;) {
        char *end = strstr(at, "*/");
        if (end) {
            while (end > at && end[-1] == ' ') end--;
            strcpy(end, "\n");
        }
        append(text, at);
        if (end || !fgets(line, LINE, in)) return;
        at = line + (strncmp(line, " * ", 3) ? strspn(line, " *") : 3);
        if (at[0] == '/') return;
    }
}

static bool is_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

static void add_item(struct area *a, const char *name, size_t length, const char *shown) {
    struct group *g;

    if (!a->count || !length || name[length - 1] == '_') return;
    g = &a->groups[a->count - 1];
    if (g->count == ITEMS) fail("too many declarations below one comment");
    g->names[g->count] = strndup(name, length);
    g->shown[g->count++] = strdup(shown);
}

static void read_define(struct area *a, const char *line) {
    const char *name = line + strlen("#define "), *end = name;
    char *shown;

    while (is_name(*end)) end++;
    if (strncmp(name, "go", 2) && strncmp(name, "GORO_", 5) && strncmp(name, "chan", 4)) return;
    shown = strndup(name, (size_t)(end - name) + (*end == '(' ? strcspn(end, ")") + 1 : 0));
    add_item(a, name, (size_t)(end - name), shown);
    free(shown);
}

/* A declaration of a function, up to its semicolon. */
static void read_function(FILE *in, struct area *a, char *line) {
    char whole[LINE] = "";
    const char *at = whole;

    for (;;) {
        if (strlen(whole) + strlen(line) >= LINE) return;
        strcat(whole, line + (whole[0] ? strspn(line, " ") : 0));
        whole[strcspn(whole, "\n")] = ' ';
        if (strchr(line, ';') || !fgets(line, LINE, in)) break;
    }
    char *attribute = strstr(whole, " __attribute__");
    strcpy(attribute ? attribute : strchr(whole, ';'), ";");
    while ((at = strstr(at, "goro_"))) {
        const char *end = at;
        while (is_name(*end)) end++;
        if (*end == '(' && end[1] != '*') {
            add_item(a, at, (size_t)(end - at), whole);
            return;
        }
        at = end;
    }
}

/* A struct is shown by its name: what is inside is nobody's business, but for what a caller fills in. */
static void read_type(FILE *in, struct area *a, char *line) {
    const char *name = NULL;
    char shown[LINE];

    if (!strchr(line, ';'))
        while (fgets(line, LINE, in) && line[0] != '}') {}
    for (const char *at = line; (at = strstr(at, "goro_")); at += 5) name = at;
    if (!name) return;
    size_t n = 0;
    while (is_name(name[n])) n++;
    snprintf(shown, sizeof shown, "typedef ... %.*s;", (int)n, name);
    add_item(a, name, n, shown);
}

static void read_header(FILE *in) {
    struct area *a = NULL;
    char line[LINE], other[TEXT] = "";

    while (fgets(line, sizeof line, in)) {
        if (!strncmp(line, "/* -- ", 6)) {
            char *end = strstr(line + 6, " --");
            if (!end || area_count == sizeof areas / sizeof *areas) fail("a heading is malformed");
            a = &areas[area_count++];
            snprintf(a->title, sizeof a->title, "%.*s", (int)(end - line - 6), line + 6);
            make_slug(a);
            if (!strstr(line, "*/")) {
                strcpy(line, "/* \n");
                read_comment(in, line, a->prose);
            }
            a->count = 1;
        } else if (!strncmp(line, "/* ", 3)) {
            if (a && a->count == GROUPS) fail("too many comments");
            read_comment(in, line, a ? a->groups[a->count++].about : preface[0] ? other : preface);
            other[0] = 0;
        } else if (a && !strncmp(line, "#define ", 8)) {
            read_define(a, line);
        } else if (a && (!strncmp(line, "typedef", 7) || (!strncmp(line, "struct goro_", 12) && strchr(line, '{')))) {
            read_type(in, a, line);
        } else if (a && isalpha((unsigned char)line[0]) && strchr(line, '(')) {
            read_function(in, a, line);
        } else if (a && !strncmp(line, "_Noreturn", 9)) {
            read_function(in, a, line);
        }
        while (strlen(line) > 1 && line[strlen(line) - 2] == '\\' && fgets(line, sizeof line, in)) {}
    }
}

/* -- writing ---------------------------------------------------------------------------------------------------------- */

static FILE *open_page(const char *name, const char *about) {
    char path[4096];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s.3", folder, name);
    f = fopen(path, "w");
    if (!f) fail(path);
    if (about) fprintf(f, ".TH %s 3 \"\" \"goro %s\" \"Goroutines for C\"\n.SH NAME\n%s", name, version, about);
    return f;
}

static void close_page(FILE *f) {
    if (fclose(f)) fail("a page");
}

/* Text so that troff shows it as it is; a newline ends it. */
static void put(FILE *f, const char *s) {
    if (*s == '.' || *s == '\'') fputs("\\&", f);
    for (; *s && *s != '\n'; s++) {
        if (*s == '-') fputs("\\-", f);
        else if (*s == '\\') fputs("\\e", f);
        else fputc(*s, f);
    }
}

/* Lines of a comment: indented ones as they are, "- " a list, an empty one a new paragraph. */
static void put_prose(FILE *f, const char *text) {
    bool verbatim = false;

    for (const char *end; *text; text = end + 1) {
        bool indented = !strncmp(text, "    ", 4), item = !strncmp(text, " - ", 3);
        end = strchr(text, '\n');
        if (indented != verbatim && end != text) fputs(indented ? ".PP\n.nf\n" : ".fi\n.PP\n", f), verbatim = indented;
        if (end == text) {
            fputs(verbatim ? "\n" : ".PP\n", f);
            continue;
        }
        if (item) fputs(".IP \\(bu 2\n", f);
        put(f, item ? text + 3 : verbatim ? text : text + strspn(text, " "));
        fputc('\n', f);
    }
    if (verbatim) fputs(".fi\n", f);
}

static void write_alias(const struct area *a, const char *name) {
    FILE *f = open_page(name, NULL);

    fprintf(f, ".so man3/goro_%s.3\n", a->slug);
    close_page(f);
}

static void write_group(FILE *f, const struct group *g) {
    for (size_t i = 0; i < g->count; i++) {
        fputs(i ? ".TQ\n.B \"" : ".TP\n.B \"", f);
        for (const char *s = g->shown[i]; *s; s++) {
            char one[2] = {*s};
            if (*s == '"') fputs("\\(dq", f);
            else put(f, one);
        }
        fputs("\"\n", f);
    }
    put_prose(f, g->about);
}

static void write_area(const struct area *a) {
    char page[80];
    FILE *f;

    snprintf(page, sizeof page, "goro_%s", a->slug);
    f = open_page(page, page);
    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < a->groups[i].count; j++) {
            fprintf(f, ", %s", a->groups[i].names[j]);
            write_alias(a, a->groups[i].names[j]);
        }
    fputs(" \\- ", f);
    put(f, a->title);
    fputs("\n.SH SYNOPSIS\n.B #include <goro.h>\n.SH DESCRIPTION\n", f);
    put_prose(f, a->prose);
    for (size_t i = 0; i < a->count; i++)
        if (a->groups[i].count) write_group(f, &a->groups[i]);
    fputs(".SH SEE ALSO\n.BR goro (3),\n.BR goro\\-cc (1),\n.BR goro\\-race (1)\n", f);
    close_page(f);
}

static void write_overview(void) {
    FILE *f = open_page("goro", "goro \\- goroutines, channels and select for C\n");

    fputs(".SH SYNOPSIS\n.nf\n.B #include <goro.h>\n.PP\ngoro\\-cc prog.c \\-o prog\ngoro\\-cc \\-race prog.c \\-o "
          "prog && goro\\-race ./prog\n.fi\n"
          ".SH DESCRIPTION\n",
          f);
    put_prose(f, preface);
    fputs(".SH AREAS\n", f);
    for (size_t n = 0; n < area_count; n++) {
        const struct area *a = &areas[n];
        const char *comma = "";
        fprintf(f, ".TP\n.BR goro_%s (3)\n", a->slug);
        put(f, a->title);
        fputs("\n.br\n", f);
        for (size_t i = 0; i < a->count; i++)
            for (size_t j = 0; j < a->groups[i].count; j++, comma = ", ")
                fprintf(f, "%s%s", comma, a->groups[i].names[j]);
        fputs("\n", f);
    }
    fputs(".SH EXAMPLE\n.nf\n"
          "#include <goro.h>\n#include <stdio.h>\n\n"
          "static void square(int n, chan(int) out) { chan_send(out, n * n); }\n\n"
          "int main(void) {\n"
          "    chan(int) c = chan_make(int, 0);\n"
          "    go(square, 7, c);\n"
          "    printf(\"%d\\en\", chan_recv(c));\n"
          "    chan_free(c);\n"
          "}\n.fi\n"
          ".SH SEE ALSO\n.BR goro\\-cc (1),\n.BR goro\\-race (1)\n",
          f);
    close_page(f);
    f = open_page("goro.h", NULL);
    fputs(".so man3/goro.3\n", f);
    close_page(f);
}

int main(int argc, char **argv) {
    FILE *in = argc == 4 ? fopen(argv[1], "r") : NULL;

    if (!in) fail("usage: header_to_man GORO_H FOLDER VERSION");
    folder = argv[2];
    version = argv[3];
    read_header(in);
    fclose(in);
    for (size_t i = 0; i < area_count; i++) write_area(&areas[i]);
    write_overview();
    return 0;
}
