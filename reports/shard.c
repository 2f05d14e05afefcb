/* Divides seeds among shards. */
#include "reports/shard.h"
#include "reports/memory.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

static bool read_number(const char **at, uint64_t *v) {
    char *end;

    if (!isdigit((unsigned char)**at)) return false;
    errno = 0;
    *v = strtoull(*at, &end, 10);
    *at = end;
    return errno == 0;
}

bool shard_parse(const char *text, struct shard *s) {
    return read_number(&text, &s->index) && *text++ == '/' && read_number(&text, &s->count) && !*text &&
           s->index >= 1 && s->index <= s->count;
}

struct shard shard_of(const struct options *o) {
    struct shard s = {1, 1};

    if (option(o, SHARD).given && !shard_parse(option(o, SHARD).text, &s))
        give_up(EXIT_MISUSE, "--shard wants one of the parts, as 2/8, not '%s'", option(o, SHARD).text);
    return s;
}

uint64_t shard_number(struct shard s, uint64_t k) { return k * s.count + s.index - 1; }

uint64_t shard_share(struct shard s, uint64_t all) {
    return all == UINT64_MAX ? all : all / s.count + (all % s.count >= s.index);
}
