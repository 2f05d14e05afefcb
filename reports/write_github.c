/* GitHub's workflow commands: a line that makes an annotation beside the source.
 *
 * Escaping is GitHub's own: % \r \n everywhere, and : , in properties. */
#include "reports/writers.h"

#include <string.h>

static void put_escaped(struct text *out, const char *s, bool property) {
    struct text safe = {0};

    text_shown(&safe, s, 2000);
    for (const char *at = safe.data ? safe.data : ""; *at; at++) {
        if (*at == '%')
            text_put(out, "%25");
        else if (property && *at == ':')
            text_put(out, "%3A");
        else if (property && *at == ',')
            text_put(out, "%2C");
        else
            text_char(out, *at);
    }
    text_free(&safe);
}

void write_github(struct text *out, const struct model_finding *f) {
    static const char *const commands[] = {"error", "warning", "notice"};
    struct text title = {0};

    text_print(out, "::%s ", commands[f->severity]);
    if (f->place.file && f->place.line) {
        text_put(out, "file=");
        put_escaped(out, shown_file(f->place.file), true);
        text_print(out, ",line=%u,", f->place.line);
        if (f->place.column) text_print(out, "col=%u,", f->place.column);
    }
    text_print(&title, "%s %s", f->code, f->entry ? f->entry->kind : "");
    text_put(out, "title=");
    put_escaped(out, title.data, true);
    text_put(out, "::");
    put_escaped(out, f->title, false);
    for (size_t i = 1; i < f->access_count; i++) {
        const struct frame *other = stack_place(&f->accesses[i].stack);
        struct text place = {0};
        if (!other) continue;
        text_put(&place, " Against ");
        if (other->function) text_print(&place, "%s ", other->function);
        put_place(&place, other);
        text_char(&place, '.');
        put_escaped(out, place.data, false);
        text_free(&place);
    }
    if (f->why && *f->why) {
        text_char(out, ' ');
        put_escaped(out, f->why, false);
    }
    text_char(out, '\n');
    text_free(&title);
}
