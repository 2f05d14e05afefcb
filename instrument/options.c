/* Reads GORO_RACE_OPTIONS. Runs before anything else of the process, so it uses nothing but itself. */
#include "instrument/options.h"

#include <stddef.h>

struct front_options front_options;

static const struct {
    const char *name;
    uint64_t *value, initial;
} table[] = {
#define ROW(name, value, meaning) {#name, &front_options.name, value},
    FRONT_OPTIONS(ROW)
#undef ROW
};

static const char *read_number(const char *p, uint64_t *value) {
    uint64_t v = 0;
    while (*p >= '0' && *p <= '9') v = v * 10 + (uint64_t)(*p++ - '0');
    *value = v;
    return p;
}

/* The end of `name` in text if text is "name=…", else NULL. */
static const char *match(const char *text, const char *name) {
    while (*name && *text == *name) text++, name++;
    return !*name && *text == '=' ? text + 1 : NULL;
}

void front_options_read(const char *text) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) *table[i].value = table[i].initial;
    while (text && *text) {
        for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
            const char *value = match(text, table[i].name);
            if (!value) continue;
            text = read_number(value, table[i].value);
            break;
        }
        while (*text && *text != ':') text++;
        if (*text) text++;
    }
}
