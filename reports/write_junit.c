/* JUnit XML: one test suite, one failed test case a finding; a run without findings is one passed case. */
#include "reports/writers.h"

#include <string.h>

static void put_xml(struct text *out, const char *s) {
    struct text safe = {0};

    text_shown(&safe, s, 65536);
    for (const char *at = safe.data ? safe.data : ""; *at; at++) {
        switch (*at) {
        case '<': text_put(out, "&lt;"); break;
        case '>': text_put(out, "&gt;"); break;
        case '&': text_put(out, "&amp;"); break;
        case '"': text_put(out, "&quot;"); break;
        case '\'': text_put(out, "&apos;"); break;
        default: text_char(out, *at);
        }
    }
    text_free(&safe);
}

/* The text report as it is, line by line. */
static void put_report(struct text *out, const struct model_finding *f, const struct run *run) {
    struct run plain = *run;
    struct text t = {0};

    plain.color = plain.quiet = plain.verbose = false;
    write_text(&t, f, &plain);
    for (char *line = t.data, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        put_xml(out, line);
        text_char(out, '\n');
    }
    text_free(&t);
}

static void put_case(struct text *out, const struct model_finding *f, const struct run *run) {
    text_print(out, "    <testcase classname=\"goro-race.%s\" name=\"", f->code);
    put_xml(out, f->title);
    text_print(out, " [%s]\"", f->id);
    if (f->place.file && f->place.line) {
        text_put(out, " file=\"");
        put_xml(out, shown_file(f->place.file));
        text_print(out, "\" line=\"%u\"", f->place.line);
    }
    if (f->suppressed || f->known) {
        text_print(out, "><skipped message=\"%s\"/></testcase>\n",
                   f->suppressed ? "suppressed" : "known by the baseline");
        return;
    }
    text_print(out, ">\n      <failure type=\"%s\" message=\"", f->code);
    put_xml(out, f->title);
    text_put(out, "\">");
    put_report(out, f, run);
    text_put(out, "</failure>\n    </testcase>\n");
}

void write_junit(struct text *out, const struct model_finding *all, const struct run *run) {
    unsigned cases = 0, failures = 0, skipped = 0;

    for (const struct model_finding *f = all; f; f = f->next) {
        if (f->withdrawn) continue;
        cases++;
        if (f->suppressed || f->known)
            skipped++;
        else
            failures++;
    }
    text_put(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    text_print(out,
               "  <testsuite name=\"goro-race\" tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\">\n",
               cases ? cases : 1, failures, skipped);
    for (const struct model_finding *f = all; f; f = f->next)
        if (!f->withdrawn) put_case(out, f, run);
    if (!cases) text_put(out, "    <testcase classname=\"goro-race\" name=\"nothing found\"/>\n");
    text_put(out, "  </testsuite>\n</testsuites>\n");
}
