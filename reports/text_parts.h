/* What the parts of the text report share: colours, widths, stacks.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_TEXT_PARTS_H
#define GORO_REPORTS_TEXT_PARTS_H

#include "reports/writers.h"

enum paint { PLAIN, BOLD, RED, YELLOW, CYAN, GREEN, DIM };

/* Nothing without run->color. */
void text_paint(struct text *t, const struct run *run, enum paint p);
/* Columns of a text that is fit for a terminal. */
size_t text_width(const char *s);
/* The frames of a stack; with the source line of `beside` (NULL: none). */
void text_stack(struct text *out, const struct stack *s, const struct run *run, const struct frame *beside);

/* One part with its stack; with the source line if `source`. */
void text_part(struct text *out, const struct model_finding *f, const struct model_part *p, bool source,
               const struct run *run);
/* `goroutine 2 (worker)` becomes `goroutine 2 (worker, ended)`. */
void text_ended(struct text *t);
/* The drawing of a cycle of goroutines that wait for each other; nothing for other findings. */
void text_cycle(struct text *out, const struct model_finding *f, const struct run *run);

#endif
