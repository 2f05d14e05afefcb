/* Keeps a results file.
 *
 * Always true
 *  1. A finding's line is in the file before the schedule that made it is counted as done. So whoever is killed, and
 *     begins again, runs what was not counted once more, and loses nothing.
 *  2. "done" has its width from the beginning: it is changed by one write within the file.
 *  3. What does not end in a newline was being written when the writer was killed. It is cut off. */
#include "reports/results.h"
#include "reports/json_read.h"
#include "reports/memory.h"
#include "reports/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static struct {
    const char *path;
    int fd; /* -1: none */
    bool reading, failed;
    uint64_t done;
    off_t done_at, end;
} file = {.fd = -1};

/* -- the first line --------------------------------------------------------------------------------------------------- */

static bool read_count(const json_t *line, const char *key, uint64_t *v) {
    const json_t *n = json_object_get(line, key);

    if (!json_is_integer(n) || json_integer_value(n) < 0) return false;
    *v = (uint64_t)json_integer_value(n);
    return true;
}

bool results_first_line(const json_t *line, struct progress *p) {
    const json_t *e = json_object_get(line, "exploration");
    const char *shard = json_string_value(json_object_get(e, "shard"));

    if (!read_count(e, "seed", &p->seed) || !read_count(e, "done", &p->done) || !shard ||
        !shard_parse(shard, &p->shard))
        return false;
    if (!read_count(e, "of", &p->of)) p->of = UINT64_MAX;
    return true;
}

/* Without "done": what must be the same. */
static void put_settings(struct text *t, const struct explore *e) {
    const struct options *o = e->options;
    json_t *strategy = json_string(option(o, STRATEGY).given ? option(o, STRATEGY).text : "mixed");
    char *quoted = json_dumps(strategy, JSON_ENCODE_ANY);

    text_print(t, "{\"version\":1,\"exploration\":{\"seed\":%llu,\"shard\":\"%llu/%llu\",\"strategy\":%s,",
               (unsigned long long)e->seed, (unsigned long long)e->shard.index, (unsigned long long)e->shard.count,
               quoted ? quoted : "null");
    free(quoted);
    json_decref(strategy);
}

/* -- writing ---------------------------------------------------------------------------------------------------------- */

static void write_at(const char *data, size_t n, off_t at) {
    for (size_t done = 0; done < n && !file.failed;) {
        ssize_t written = pwrite(file.fd, data + done, n - done, at + (off_t)done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            file.failed = true;
            complain("writing %s failed: %s", file.path, strerror(errno));
            return;
        }
        done += (size_t)written;
    }
}

static void append(const char *data, size_t n) {
    write_at(data, n, file.end);
    file.end += (off_t)n;
}

static void write_done(void) {
    char number[21];

    snprintf(number, sizeof number, "%20llu", (unsigned long long)file.done);
    write_at(number, 20, file.done_at);
}

static void begin(const struct explore *e) {
    const struct option_value *amount = &option(e->options, EXPLORE);
    struct text t = {0};

    put_settings(&t, e);
    if (!amount->is_time) text_print(&t, "\"of\":%llu,", (unsigned long long)shard_share(e->shard, amount->number));
    text_put(&t, "\"done\":");
    file.done_at = (off_t)t.length;
    text_print(&t, "%20d}}\n", 0);
    append(t.data, t.length);
    text_free(&t);
}

/* -- reading ---------------------------------------------------------------------------------------------------------- */

static char *read_all(size_t *n) {
    struct text t = {0};
    char part[4096];
    ssize_t got;

    text_put(&t, "");
    while ((got = read(file.fd, part, sizeof part)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0) text_put_n(&t, part, (size_t)got);
    if (got < 0) give_up(EXIT_MISUSE, "cannot read %s: %s", file.path, strerror(errno));
    *n = t.length;
    return t.data;
}

static void take_first_line(struct explore *e, const char *line) {
    json_t *o = json_loads(line, 0, NULL);
    struct progress p;
    struct text same = {0};
    const char *done = strstr(line, "\"done\":");

    if (!o || !done || !results_first_line(o, &p))
        give_up(EXIT_MISUSE, "%s is no results file of goro-race --explore", file.path);
    json_decref(o);
    if (!option(e->options, SEED).given) e->seed = p.seed;
    put_settings(&same, e);
    if (strncmp(line, same.data, same.length) != 0)
        give_up(EXIT_MISUSE, "%s has the results of another seed, shard or strategy: name another file, or remove it",
                file.path);
    text_free(&same);
    file.done_at = done + strlen("\"done\":") - line;
    e->done = file.done = p.done;
}

static void take_finding(const char *line, unsigned number) {
    json_t *o = json_loads(line, 0, NULL);
    struct model_finding *f = o ? json_finding(o) : NULL;

    if (!f) give_up(EXIT_MISUSE, "%s:%u: this is no finding", file.path, number);
    json_decref(o);
    report_finding(f);
}

static void take_lines(struct explore *e, char *at, char *end) {
    unsigned number = 1;

    for (char *line = at; (at = memchr(line, '\n', (size_t)(end - line))); line = at + 1, number++) {
        *at = 0;
        if (number == 1) take_first_line(e, line);
        else take_finding(line, number);
        file.end += at + 1 - line;
    }
}

void results_open(struct explore *e) {
    size_t n;
    char *all;

    file.path = option(e->options, RESULTS).text;
    file.fd = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file.fd < 0) give_up(EXIT_MISUSE, "cannot write %s: %s", file.path, strerror(errno));
    if (flock(file.fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        give_up(EXIT_MISUSE, "%s is being written by another goro-race", file.path);
    all = read_all(&n);
    file.reading = true;
    take_lines(e, all, all + n);
    file.reading = false;
    free(all);
    if (ftruncate(file.fd, file.end) != 0) give_up(EXIT_MISUSE, "cannot write %s: %s", file.path, strerror(errno));
    if (!file.end) begin(e);
}

void results_finding(const char *line, size_t n) {
    if (file.fd >= 0 && !file.reading) append(line, n);
}

void results_done(void) {
    if (file.fd < 0) return;
    file.done++;
    if (!file.failed) write_done();
}

bool results_close(void) {
    if (file.fd < 0) return true;
    close(file.fd);
    file.fd = -1;
    return !file.failed;
}
