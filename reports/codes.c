/* The table of finding codes, and lists of codes as options and suppressions have them. */
#include "reports/codes.h"
#include "detector/finding.h"
#include "reports/explain.h"

#include <stdlib.h>
#include <string.h>

static const struct code_entry table[] = {
#define X(code, severity, kind) {#code, kind, FINDING_##severity, explain_page_##code},
    FINDING_CODES(X)
#undef X
        {NULL, NULL, 0, NULL},
};

const struct code_entry *code_table(void) {
    return table;
}

const struct code_entry *code_find(const char *code) {
    for (const struct code_entry *e = table; e->code; e++)
        if (!strcmp(e->code, code)) return e;
    return NULL;
}

/* Is `item` (of n characters) this code, its beginning, or "all"? */
static bool item_names(const char *item, size_t n, const char *code) {
    return (n == 3 && !memcmp(item, "all", 3)) || (n > 0 && n <= strlen(code) && !memcmp(item, code, n));
}

bool code_in_list(const char *code, const char *list) {
    for (;; list++) {
        size_t n = strcspn(list, ",");
        if (item_names(list, n, code)) return true;
        list += n;
        if (!*list) return false;
    }
}

char *code_list_wrong(const char *list) {
    for (;; list++) {
        size_t n = strcspn(list, ",");
        bool found = false;
        for (const struct code_entry *e = table; e->code && !found; e++) found = item_names(list, n, e->code);
        if (!found) return strndup(list, n);
        list += n;
        if (!*list) return NULL;
    }
}
