/* Reads and writes a journal's head, and counts its entries.
 *
 * Always true
 *  1. Whatever the bytes are, nothing outside of them is read: each record is checked before it is looked at, and the first
 *     that is not right is the end. */
#include "reports/journal.h"
#include "reports/memory.h"
#include "detector/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORD_MAX = sizeof(struct wire_header) + WIRE_PAYLOAD_MAX, WORDS_MAX = 4096 };

/* -- records ------------------------------------------------------------------------------------------------------- */

/* The length of the record at the front of n bytes; 0: there is no whole and right one. */
static size_t record_length(const uint8_t *at, size_t n, struct wire_header *h) {
    if (n < sizeof *h) return 0;
    memcpy(h, at, sizeof *h);
    if (h->length > WIRE_PAYLOAD_MAX || h->length > n - sizeof *h) return 0;
    return wire_check(h, at + sizeof *h, n - sizeof *h) ? 0 : sizeof *h + h->length;
}

static void parse_head(struct journal *j, struct wire_reader r) {
    struct wire_field f;
    size_t count = 0;

    j->words = memory_new((WORDS_MAX + 1) * sizeof *j->words);
    while (wire_next(&r, &f) == 1) {
        if (f.tag == WIRE_SEED) j->seed = wire_field_number(&f);
        if (f.tag == WIRE_VIRTUAL) j->is_virtual = wire_field_number(&f) != 0;
        if (f.tag == WIRE_WORD && count < WORDS_MAX) {
            j->words[count] = strndup((const char *)f.data, f.length);
            count += j->words[count] != NULL;
        }
    }
}

static void parse_entry(struct journal *j, struct wire_reader r) {
    struct wire_journal_entry e;
    struct wire_field f;

    while (wire_next(&r, &f) == 1) {
        if (f.tag != WIRE_JOURNAL_ENTRY || f.length != sizeof e) continue;
        memcpy(&e, f.data, sizeof e);
        j->entries++;
        j->whole = e.kind == WIRE_JOURNAL_END;
    }
}

/* The head's length; 0: there is none. */
static size_t read_head(struct journal *j, const uint8_t *bytes, size_t n) {
    struct wire_header h;
    size_t length = record_length(bytes, n, &h);

    if (!length || h.type != WIRE_JOURNAL_HEAD) return 0;
    parse_head(j, (struct wire_reader){bytes + sizeof h, bytes + length});
    return length;
}

bool journal_parse(struct journal *j, const uint8_t *bytes, size_t n) {
    struct wire_header h;
    size_t at = read_head(j, bytes, n), length;

    if (!at) return false;
    for (; (length = record_length(bytes + at, n - at, &h)); at += length)
        if (h.type == WIRE_JOURNAL) parse_entry(j, (struct wire_reader){bytes + at + sizeof h, bytes + at + length});
    return true;
}

/* -- files ----------------------------------------------------------------------------------------------------------- */

/* A number that no program minds, and that it inherits. */
static int move_high(int fd) {
    int high = fcntl(fd, F_DUPFD, 900);

    if (high < 0) high = fcntl(fd, F_DUPFD, 100);
    if (high < 0) return fd;
    close(fd);
    return high;
}

static int open_file(const char *path, int flags) {
    int fd = open(path, flags, 0666);

    if (fd < 0) give_up(EXIT_MISUSE, "cannot %s %s: %s", flags & O_CREAT ? "write" : "read", path, strerror(errno));
    return move_high(fd);
}

void journal_create(struct journal *j, const char *path, uint64_t seed, const struct options *o) {
    uint8_t *buffer = memory_new(RECORD_MAX);
    struct wire_writer w;
    size_t n;

    *j = (struct journal){.fd = open_file(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND), .seed = seed};
    wire_begin(&w, buffer, RECORD_MAX, WIRE_JOURNAL_HEAD);
    wire_number(&w, WIRE_SEED, seed);
    wire_number(&w, WIRE_VIRTUAL, option(o, VIRTUAL_TIME).given);
    for (char **word = o->rest; *word; word++) wire_string(&w, WIRE_WORD, *word);
    n = wire_end(&w, (uint32_t)getpid(), 0);
    if (!n) give_up(EXIT_MISUSE, "--record: the command line is too long to be recorded");
    errno = 0;
    if (write(j->fd, buffer, n) != (ssize_t)n)
        give_up(EXIT_MISUSE, "writing %s failed: %s", path, errno ? strerror(errno) : "no room");
    free(buffer);
}

/* Only the head: an entry's turn comes in the program. */
void journal_open(struct journal *j, const char *path) {
    uint8_t *buffer = memory_new(RECORD_MAX);
    ssize_t n;
    size_t length;

    *j = (struct journal){.fd = open_file(path, O_RDONLY)};
    n = pread(j->fd, buffer, RECORD_MAX, 0);
    length = n > 0 ? read_head(j, buffer, (size_t)n) : 0;
    if (!length) give_up(EXIT_MISUSE, "--replay: %s is no recording of goro-race --record", path);
    lseek(j->fd, (off_t)length, SEEK_SET);
    free(buffer);
}

bool journal_check(const char *path, bool killed) {
    struct journal j = {0};
    uint8_t *bytes;
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = 0;
    size_t done = 0;

    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0) close(fd);
        complain("%s cannot be read back: it will not be replayed", path);
        return false;
    }
    bytes = memory_new((size_t)st.st_size + 1);
    while (done < (size_t)st.st_size && (n = read(fd, bytes + done, (size_t)st.st_size - done)) > 0) done += (size_t)n;
    close(fd);
    journal_parse(&j, bytes, done);
    free(bytes);
    if (j.whole) return true;
    complain("%s ends before the program does: %llu entries, which can be replayed up to there", path,
             (unsigned long long)j.entries);
    return killed;
}
