/* Word count: each thread counts its part of a text in a map of its own, then the maps are merged under a lock. */
#include "kernel.h"

enum { TEXT = 6 << 20, SLOTS = 1 << 12 };
struct entry { char word[12]; long count; };
static char *text;
static struct entry total[SLOTS];
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void add(struct entry *map, const char *word, size_t n, long count) {
    unsigned h = 2166136261u;
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)word[i]) * 16777619u;
    for (;; h++) {
        struct entry *e = &map[h % SLOTS];
        if (!e->count) {
            memcpy(e->word, word, n);
            e->word[n] = 0;
        }
        if (strlen(e->word) == n && !memcmp(e->word, word, n)) {
            e->count += count;
            return;
        }
    }
}

static void *worker(void *arg) {
    long me = (long)arg, at = me * (TEXT / THREADS), end = (me + 1) * (TEXT / THREADS);
    struct entry *mine = checked(calloc(SLOTS, sizeof *mine));
    if (me) while (text[at - 1] != ' ') at++;
    while (at < end && text[at]) {
        long from = at;
        while (text[at] && text[at] != ' ') at++;
        if (at > from) add(mine, text + from, (size_t)(at - from), 1);
        while (text[at] == ' ') at++;
    }
    pthread_mutex_lock(&mu);
    for (int i = 0; i < SLOTS; i++)
        if (mine[i].count) add(total, mine[i].word, strlen(mine[i].word), mine[i].count);
    pthread_mutex_unlock(&mu);
    free(mine);
    return NULL;
}

int main(void) {
    uint64_t state = 6, sum = 0;
    text = checked(malloc(TEXT + 1));
    for (long at = 0; at < TEXT;) {
        uint64_t r = next_random(&state), word = (r >> 20) % 1000 * ((r >> 50) % 2 + 1);
        for (uint64_t v = word + 30; v && at < TEXT; v /= 26) text[at++] = (char)('a' + v % 26);
        if (at < TEXT) text[at++] = ' ';
    }
    text[TEXT] = 0;
    run_threads(THREADS, worker);
    for (int i = 0; i < SLOTS; i++)
        for (const char *p = total[i].word; *p; p++) sum += (uint64_t)total[i].count * (unsigned char)*p * (uint64_t)(p - total[i].word + 1);
    kernel_report("wordcount", sum);
    free(text);
    return 0;
}
