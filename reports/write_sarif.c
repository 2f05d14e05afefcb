/* SARIF 2.1.0 (OASIS standard): one run, the codes as rules, a code flow for each stack, the id as fingerprint. */
#include "reports/writers.h"

#include <string.h>

static void put_uri(struct text *out, const char *file) {
    const char *shown = shown_file(file);
    struct text uri = {0};

    if (shown[0] == '/') text_put(&uri, "file://");
    for (; *shown; shown++) {
        unsigned char c = (unsigned char)*shown;
        if (strchr("/-._~", c) || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'))
            text_char(&uri, (char)c);
        else text_print(&uri, "%%%02X", c);
    }
    put_json_string(out, uri.data);
    text_free(&uri);
}

static void put_message(struct text *out, const char *text) {
    text_put(out, "\"message\":{\"text\":");
    put_json_string(out, text);
    text_char(out, '}');
}

/* {"physicalLocation":...,"logicalLocations":...} with an optional message. */
static void put_location(struct text *out, const struct frame *f, const char *message) {
    const char *comma = "";

    text_char(out, '{');
    if (f->file && f->line) {
        text_put(out, "\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
        put_uri(out, f->file);
        text_print(out, "},\"region\":{\"startLine\":%u", f->line);
        if (f->column) text_print(out, ",\"startColumn\":%u", f->column);
        text_put(out, "}}");
        comma = ",";
    }
    if (f->function) {
        text_print(out, "%s\"logicalLocations\":[{\"name\":", comma);
        put_json_string(out, f->function);
        text_put(out, ",\"kind\":\"function\"}]");
        comma = ",";
    }
    if (message) {
        text_put(out, comma);
        put_message(out, message);
    }
    text_char(out, '}');
}

static void put_rules(struct text *out) {
    text_put(out, "\"rules\":[");
    for (const struct code_entry *e = code_table(); e->code; e++) {
        text_print(out, "%s{\"id\":\"%s\",\"shortDescription\":{\"text\":", e == code_table() ? "" : ",", e->code);
        put_json_string(out, e->kind);
        text_put(out, "},\"help\":{\"text\":\"goro-race explain ");
        text_print(out, "%s\"},\"defaultConfiguration\":{\"level\":\"%s\"}}", e->code,
                   severity_name((enum finding_severity)e->severity));
    }
    text_char(out, ']');
}

/* A stack as a code flow: outermost call first, as SARIF wants time to run. */
static void put_flow(struct text *out, const struct stack *s, const char *who) {
    const char *comma = "";

    text_put(out, "{");
    put_message(out, who);
    text_put(out, ",\"threadFlows\":[{\"locations\":[");
    for (size_t j = s->count; j-- > 0;) {
        if (s->frames[j].ours && !(j == 0 && !*comma)) continue; /* at least one location is required */
        text_print(out, "%s{\"location\":", comma);
        put_location(out, &s->frames[j], s->frames[j].function ? s->frames[j].function : "?");
        text_char(out, '}');
        comma = ",";
    }
    text_put(out, "]}]}");
}

/* "goroutine 3 (worker) waits for mutex mu" */
static void put_part_words(struct text *t, const struct model_finding *f, const struct model_part *p) {
    static const char *const verbs[] = {"waits for",
                                        "holds",
                                        "adds to",
                                        "is done with",
                                        "starts",
                                        "frees",
                                        "asks for",
                                        "runs",
                                        "sent on",
                                        "received from",
                                        "closed",
                                        "tried to send on",
                                        "tried to receive from",
                                        "has not called Done on"};
    const char *name = p->variable.name ? p->variable.name : p->expression;

    if (p->task != NO_TASK && f->tasks[p->task].id) put_task(t, &f->tasks[p->task]);
    else text_put(t, "a goroutine");
    text_print(t, " %s ", verbs[p->role]);
    if (!p->kind) text_put(t, p->role == FINDING_FREES ? "it" : "nothing");
    else text_print(t, "%s%s%s", object_kind_name(p->kind), name ? " " : "", name ? name : "");
}

static void put_related(struct text *out, const struct model_finding *f) {
    const char *comma = "";

    for (size_t i = 1; i < f->access_count + f->part_count; i++) {
        const struct model_part *p = i < f->access_count ? NULL : &f->parts[i - f->access_count];
        const struct frame *other = stack_place(p ? &p->stack : &f->accesses[i].stack);
        struct text words = {0};
        if (!other) continue;
        if (p) put_part_words(&words, f, p);
        text_put(out, comma);
        put_location(out, other, p ? words.data : "the other access");
        text_free(&words);
        comma = ",";
    }
}

static void put_flows(struct text *out, const struct model_finding *f) {
    const char *comma = "";

    for (size_t i = 0; i < f->access_count + f->part_count; i++) {
        const struct model_part *p = i < f->access_count ? NULL : &f->parts[i - f->access_count];
        const struct stack *s = p ? &p->stack : &f->accesses[i].stack;
        struct text who = {0};
        if (!s->count) continue;
        if (p) put_part_words(&who, f, p);
        else put_task(&who, &f->tasks[f->accesses[i].task]);
        text_put(out, comma);
        put_flow(out, s, who.data);
        text_free(&who);
        comma = ",";
    }
}

static void put_result(struct text *out, const struct model_finding *f) {
    struct text message = {0};

    text_print(&message, "%s%s%s%s%s", f->title, f->why && *f->why ? ". " : "", f->why ? f->why : "",
               f->fix && *f->fix ? " Try: " : "", f->fix ? f->fix : "");
    text_print(out, "{\"ruleId\":\"%s\",\"level\":\"%s\",", f->code, severity_name(f->severity));
    put_message(out, message.data);
    text_put(out, ",\"locations\":[");
    if (f->access_count || f->part_count) put_location(out, &f->place, NULL);
    text_put(out, "],\"relatedLocations\":[");
    put_related(out, f);
    text_put(out, "],\"codeFlows\":[");
    put_flows(out, f);
    text_print(out, "],\"partialFingerprints\":{\"goroId/v1\":\"%s\"}", f->id);
    if (f->known) text_put(out, ",\"baselineState\":\"unchanged\"");
    if (f->suppressed) text_put(out, ",\"suppressions\":[{\"kind\":\"external\"}]");
    text_char(out, '}');
    text_free(&message);
}

void write_sarif(struct text *out, const struct model_finding *all, const struct run *run) {
    const char *comma = "";

    (void)run;
    text_put(out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
                  "\"tool\":{\"driver\":{\"name\":\"goro-race\",\"semanticVersion\":\"" GORO_VERSION_TEXT "\",");
    put_rules(out);
    text_put(out, "}},\"columnKind\":\"utf16CodeUnits\",\"results\":[");
    for (const struct model_finding *f = all; f; f = f->next) {
        if (f->withdrawn) continue;
        text_put(out, comma);
        put_result(out, f);
        comma = ",\n";
    }
    text_put(out, "]}]}\n");
}
