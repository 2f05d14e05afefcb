/* The run's report: deduplication, filters, when and where each format is written, the last line.
 *
 * Always true
 *  1. A finding is reported at once when it arrives (text, JSON, GitHub): a server that never ends, or is killed,
 *     has reported what it found. SARIF, JUnit, HTML and the baseline are documents, and written at the end.
 *  2. Findings of the same id are one finding, from whatever process.
 *  3. At most KEPT_MAX findings are kept; later ones are counted, and that is said. */
#include "reports/report.h"
#include "reports/confirm.h"
#include "reports/results.h"
#include "reports/faults.h"
#include "reports/filter.h"
#include "reports/history.h"
#include "reports/memory.h"
#include "reports/progress.h"
#include "reports/text_parts.h"
#include "reports/source.h"
#include "reports/summary.h"
#include "reports/trace.h"
#include "reports/writers.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <uthash.h>

enum { KEPT_MAX = 50000, PRINTED_DEFAULT = 100, WIDTH_DEFAULT = 100 };

struct seen {
    UT_hash_handle hh;
    char id[12];
    struct model_finding *finding;
};

static struct {
    const struct options *options;
    struct run run;
    FILE *json;
    struct model_finding *first, **last;
    struct seen *seen;
    uint64_t kept, dropped, printed, unprinted, senseless;
    uint64_t most_printed;
    size_t files; /* merged; 0: this is a run */
    bool threads; /* some finding has to do with one */
} report;

/* -- writing ------------------------------------------------------------------------------------------------------------ */

static void write_out(int fd, const struct text *t) {
    for (size_t done = 0; done < t->length;) {
        ssize_t n = write(fd, t->data + done, t->length - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return; /* nobody reads: the exit status still tells */
        done += (size_t)n;
    }
}

static FILE *open_output(const char *path) {
    FILE *f = strcmp(path, "-") ? fopen(path, "we") : stdout;

    if (!f) give_up(EXIT_MISUSE, "cannot write %s: %s", path, strerror(errno));
    return f;
}

static bool unwritten; /* some output file is not whole */

static void check_written(FILE *f, const char *path) {
    errno = 0; /* of an earlier write it is not known any more */
    if (ferror(f) || fflush(f) != 0) {
        unwritten = true;
        if (errno) complain("writing %s failed: %s", path, strerror(errno));
        else complain("writing %s failed: no room, or the reader is gone", path);
    }
    if (f != stdout) fclose(f);
}

bool report_is_unwritten(void) { return unwritten; }

static void write_document(const char *path,
                           void (*write)(struct text *, const struct model_finding *, const struct run *)) {
    struct text t = {0};
    FILE *f = open_output(path);

    progress_begin("writing", path);
    write(&t, report.first, &report.run);
    fwrite(t.data, 1, t.length, f);
    check_written(f, path);
    progress_end();
    text_free(&t);
}

static void write_baseline(struct text *out, const struct model_finding *all, const struct run *run) {
    (void)run;
    filter_write_baseline(out, all);
}

/* -- beginning ------------------------------------------------------------------------------------------------------------ */

static bool wants_color(const struct options *o) {
    const char *when = option(o, COLOR).given ? option(o, COLOR).text : "auto", *term = getenv("TERM");

    if (strcmp(when, "auto")) return !strcmp(when, "always");
    return isatty(STDERR_FILENO) && !getenv("NO_COLOR") && term && strcmp(term, "dumb");
}

static int terminal_width(void) {
    struct winsize size;

    if (!isatty(STDERR_FILENO) || ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 60)
        return WIDTH_DEFAULT;
    return size.ws_col < 160 ? size.ws_col : 160;
}

/* A document is written at the end, but that it cannot be should be known before the program has run. */
static void try_output(const struct option_value *v) {
    FILE *f;

    if (!v->given || !strcmp(v->text, "-")) return;
    f = fopen(v->text, "ae");
    if (!f) give_up(EXIT_MISUSE, "cannot write %s: %s", v->text, strerror(errno));
    fclose(f);
}

void report_begin(const struct options *o, const char *again) {
    char *wrong;

    report.options = o;
    report.last = &report.first;
    report_style.stable = option(o, STABLE).given;
    report.run = (struct run){
        .again = again,
        .parallel = option(o, PARALLEL).given,
        .color = wants_color(o),
        .quiet = option(o, QUIET).given,
        .verbose = option(o, VERBOSE).given,
        .utf8 = !report_style.stable && setlocale(LC_CTYPE, "") && !strcmp(nl_langinfo(CODESET), "UTF-8"),
        .width = report_style.stable ? WIDTH_DEFAULT : terminal_width(),
    };
    report.most_printed = option(o, MAX_REPORTS).given ? option(o, MAX_REPORTS).number : PRINTED_DEFAULT;
    if (option(o, FAIL_ON).given && (wrong = code_list_wrong(option(o, FAIL_ON).text)))
        give_up(EXIT_MISUSE, "--fail-on: there is no finding code %s; goro-race explain lists them", wrong);
    if (option(o, SUPPRESSIONS).given) filter_read_suppressions(option(o, SUPPRESSIONS).text);
    if (option(o, BASELINE).given) filter_read_baseline(option(o, BASELINE).text);
    if (option(o, JSON).given) report.json = open_output(option(o, JSON).text);
    if (option(o, TRACE).given) trace_begin(option(o, TRACE).text);
    try_output(&option(o, SARIF));
    try_output(&option(o, JUNIT));
    try_output(&option(o, HTML));
    try_output(&option(o, WRITE_BASELINE));
}

/* -- findings ------------------------------------------------------------------------------------------------------------- */

static bool fails_run(const struct model_finding *f) {
    const struct options *o = report.options;

    if (f->withdrawn || f->suppressed || f->known) return false;
    if (option(o, FAIL_ON).given && !code_in_list(f->code, option(o, FAIL_ON).text) &&
        !code_in_list(f->also, option(o, FAIL_ON).text))
        return false;
    if (option(o, STRICT).given || option(o, FAIL_ON).given) return true;
    return f->severity == FINDING_ERROR && !f->predicted;
}

static void print_finding(const struct model_finding *f) {
    struct text t = {0};

    if (report.most_printed && report.printed >= report.most_printed) {
        report.unprinted++;
        return;
    }
    report.printed++;
    write_text(&t, f, &report.run);
    write_out(STDERR_FILENO, &t);
    text_free(&t);
}

/* The rule of the other code is met, too, and who counts codes is to find it. */
static void write_json_echo(const struct model_finding *f) {
    struct model_finding echo = *f;
    struct text t = {0};

    if (!report.json) return;
    strcpy(echo.code, f->also);
    echo.also[0] = 0;
    echo.of = f->id;
    snprintf(echo.id, sizeof echo.id, "%.8s.1", f->id);
    write_json(&t, &echo, &report.run);
    fwrite(t.data, 1, t.length, report.json);
    fflush(report.json);
    text_free(&t);
}

static void write_json_line(const struct model_finding *f) {
    struct text t = {0};

    if (f->suppressed || !(report.json || option(report.options, RESULTS).given)) return;
    write_json(&t, f, &report.run);
    results_finding(t.data, t.length);
    if (report.json) {
        fwrite(t.data, 1, t.length, report.json);
        fflush(report.json);
    }
    text_free(&t);
    if (f->also[0]) write_json_echo(f);
}

static void write_at_once(const struct model_finding *f) {
    struct text t = {0};

    if (!f->suppressed && !f->known) print_finding(f);
    write_json_line(f);
    if (option(report.options, GITHUB).given && !f->suppressed && !f->known) {
        write_github(&t, f);
        write_out(STDOUT_FILENO, &t);
    }
    text_free(&t);
}

void (*report_before_writing)(struct model_finding *f);

/* What was said to be possible has happened: that is one finding, said once more. */
static bool confirms_another(const struct model_finding *f) {
    for (struct model_finding *old = report.first; old; old = old->next) {
        if (!confirm_happened(f, old)) continue;
        if (old->certainty == FINDING_CONFIRMED) return true;
        confirm_set(old, true);
        complain("finding %s (%s) is confirmed: the send panicked, in goroutine %llu", old->id, old->code,
                 (unsigned long long)f->tasks[f->accesses[0].task].id);
        write_json_line(old);
        return true;
    }
    return false;
}

void report_finding(struct model_finding *f) {
    struct seen *s;

    if (confirms_another(f)) {
        model_free(f);
        return;
    }
    HASH_FIND_STR(report.seen, f->id, s);
    if (s || report.kept >= KEPT_MAX) {
        if (!s) report.dropped++;
        model_free(f);
        return;
    }
    s = memory_new(sizeof *s);
    memcpy(s->id, f->id, sizeof s->id);
    s->finding = f;
    HASH_ADD_STR(report.seen, id, s);
    *report.last = f;
    report.last = &f->next;
    report.kept++;
    for (size_t i = 0; i < f->task_count; i++) report.threads |= f->tasks[i].kind == TASK_THREAD;
    filter_apply(f);
    if (!f->suppressed) trace_finding(f);
    if (report_before_writing) report_before_writing(f);
    if (!f->suppressed) history_attach(f);
    write_at_once(f);
}

bool report_knows(const char *id) {
    struct seen *s;

    HASH_FIND_STR(report.seen, id, s);
    return s;
}

void report_merged(size_t files) { report.files = files; }

static void take_finding(struct process *p, struct wire_reader payload) {
    struct model_finding *f = model_read(p, payload);

    if (f) report_finding(f);
    else report.senseless++;
}

static void take_withdrawal(struct process *p, struct wire_reader payload) {
    struct wire_field field;
    uint64_t number = 0;

    while (wire_next(&payload, &field) == 1)
        if (field.tag == WIRE_NUMBER) number = wire_field_number(&field);
    for (struct model_finding *f = report.first; f; f = f->next) {
        if (f->process != p || f->number != number || f->withdrawn) continue;
        f->withdrawn = true;
        if (!f->suppressed && !f->known)
            complain("finding %s (%s) is withdrawn: what it says was over later", f->id, f->code);
        write_json_line(f);
    }
}

static void take_picture(struct process *p, struct wire_reader payload) {
    struct text t = {0};
    struct model_finding *f;

    if (report.run.quiet || payload.at == payload.end) return;
    f = model_read_picture(p, payload);
    write_picture(&t, f, &report.run);
    write_out(STDERR_FILENO, &t);
    text_free(&t);
    model_free(f);
}

static void take_text(unsigned type, struct wire_reader payload) {
    struct wire_field field;

    if (type == WIRE_DEGRADED) report.run.degraded = true;
    if (type == WIRE_TEXT && report.run.quiet) return;
    while (wire_next(&payload, &field) == 1) {
        if (field.tag != WIRE_MESSAGE) continue;
        complain("%s%.*s", type == WIRE_DEGRADED ? "degraded: " : "", (int)(field.length < 2000 ? field.length : 2000),
                 (const char *)field.data);
    }
}

static void take_fault(struct process *p, struct wire_reader payload) {
    const struct option_value *explored = &option(report.options, EXPLORE);
    struct text t = {0};

    if (report.run.quiet) return;
    faults_take(&t, p, payload, &report.run, explored->given && strcmp(explored->text, "1"));
    write_out(STDERR_FILENO, &t);
    text_free(&t);
}

static bool diverged;
bool report_is_diverged(void) { return diverged; }

static void take_divergence(struct process *p, struct wire_reader payload) {
    struct wire_field field;
    struct text t = {0};
    uint64_t pc = 0;

    diverged = true;
    while (wire_next(&payload, &field) == 1) {
        if (field.tag == WIRE_ADDRESS) pc = wire_field_number(&field);
        if (field.tag == WIRE_MESSAGE)
            text_print(&t, "%.*s", (int)(field.length < 2000 ? field.length : 2000), (const char *)field.data);
    }
    if (pc) {
        struct stack s = symbols_stack(p, &pc, 1, 0);
        if (s.count) text_put(&t, "; found at "), put_place(&t, &s.frames[0]);
        free(s.frames);
    }
    complain("%s", t.data ? t.data : "the replay diverged");
    text_free(&t);
}

void report_record(void *arg, struct process *p, unsigned type, struct wire_reader payload) {
    (void)arg;
    switch (type) {
    case WIRE_FINDING: take_finding(p, payload); break;
    case WIRE_WITHDRAW: take_withdrawal(p, payload); break;
    case WIRE_EVENTS:
        trace_events(p, payload);
        if (option(report.options, HTML).given) history_events(p, payload);
        break;
    case WIRE_PICTURE: take_picture(p, payload); break;
    case WIRE_FAULT: take_fault(p, payload); break;
    case WIRE_DIVERGED: take_divergence(p, payload); break;
    case WIRE_DEGRADED:
    case WIRE_TEXT: take_text(type, payload); break;
    }
}

/* -- the end ---------------------------------------------------------------------------------------------------------------- */

/* What is new, known, and was not met again. */
static void tell_baseline(void) {
    size_t fresh = 0, old = 0;

    if (!option(report.options, BASELINE).given || report.run.quiet) return;
    for (const struct model_finding *f = report.first; f; f = f->next) {
        if (f->withdrawn || f->suppressed) continue;
        old += f->known;
        fresh += !f->known;
    }
    complain("baseline: %zu new, %zu known, %zu gone", fresh, old, filter_gone());
    if (report.run.verbose) filter_tell_gone();
}

static void tell_losses(const struct wire_input *in) {
    if (in->damaged)
        complain("%llu damaged record%s from the program: %s", (unsigned long long)in->damaged,
                 in->damaged == 1 ? "" : "s", in->damage ? in->damage : "an empty packet");
    if (in->lost)
        complain("%llu records from the program were lost: findings may be missing", (unsigned long long)in->lost);
    if (report.senseless)
        complain("%llu findings made no sense and are left out", (unsigned long long)report.senseless);
    if (report.dropped)
        complain("more than %d different findings: %llu are counted only", KEPT_MAX,
                 (unsigned long long)report.dropped);
}

uint64_t report_failing(void) {
    uint64_t failing = report.dropped;

    for (const struct model_finding *f = report.first; f; f = f->next) failing += fails_run(f);
    return failing;
}

uint64_t report_count(void) { return report.kept; }
bool report_style_is_stable(void) { return report_style.stable; }

uint64_t report_end(const struct wire_input *in) {
    const struct options *o = report.options;
    uint64_t failing = report_failing();

    trace_end();
    history_end();
    tell_losses(in);
    faults_tell();
    summary_write(&(struct summary){.findings = report.first,
                                    .input = in,
                                    .run = &report.run,
                                    .unprinted = report.unprinted,
                                    .files = report.files,
                                    .threads = report.threads});
    filter_tell_unused();
    tell_baseline();
    if (report.json) check_written(report.json, option(o, JSON).text);
    if (option(o, SARIF).given) write_document(option(o, SARIF).text, write_sarif);
    if (option(o, JUNIT).given) write_document(option(o, JUNIT).text, write_junit);
    if (option(o, HTML).given) write_document(option(o, HTML).text, write_html);
    if (option(o, WRITE_BASELINE).given) write_document(option(o, WRITE_BASELINE).text, write_baseline);
    return failing;
}
