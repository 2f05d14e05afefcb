/* The last line of a run: how many findings of which kind, on what, and of how much. */
#ifndef GORO_REPORTS_SUMMARY_H
#define GORO_REPORTS_SUMMARY_H

#include "reports/model.h"
#include "reports/wire_read.h"
#include "reports/writers.h"

struct summary {
    const struct model_finding *findings;
    const struct wire_input *input;
    const struct run *run;
    uint64_t unprinted;
    size_t files; /* merged; 0: it was a run */
    bool threads; /* some finding has to do with one */
};

/* Says it; nothing if there is nothing to say and nobody asked (--verbose). */
void summary_write(const struct summary *s);

#endif
