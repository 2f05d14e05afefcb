/* A shard: one of N parts of an exploration, which run on different machines. Of the seeds S, S+1, … shard I has
 * S+I-1, S+I-1+N, …: so the parts do not overlap, and are equally long.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_SHARD_H
#define GORO_REPORTS_SHARD_H

#include "reports/options.h"

struct shard {
    uint64_t index, count; /* index from 1; 1 of 1 is all of it */
};

/* False: the text is no I/N. */
bool shard_parse(const char *text, struct shard *s);
/* What --shard says; ends goro-race with 125 if that is nothing. */
struct shard shard_of(const struct options *o);
/* The k-th schedule's number, and how many of `all` there are in the shard. */
uint64_t shard_number(struct shard s, uint64_t k);
uint64_t shard_share(struct shard s, uint64_t all);

#endif
