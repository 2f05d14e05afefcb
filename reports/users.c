/* Who was expected to end a wait on a channel: of those that ever used its other side, who has ended, and who waits.
 *
 * Always true
 *  1. "Only" and "nobody" are said only if all operations on that side are told, each with its goroutine. */
#include "reports/words.h"

#include <string.h>

enum { PARTY_MAX = 16, SENTENCES_MAX = 3 };

/* Those who ever used the side that the wait needs. */
struct party {
    const struct model_finding *f;
    const struct model_part *wait;
    size_t tasks[PARTY_MAX], count, ended; /* ended: or returned, of main */
    const struct model_part *first;        /* the first use */
    uint64_t times;
    bool tried; /* some only in a select or a try */
    bool whole; /* these are all */
};

static bool has_ended(const struct model_finding *f, const struct model_task *t) {
    return t->state == FINDING_ENDED || (t->kind == TASK_MAIN && !strcmp(f->code, "GL001"));
}

static bool is_helpful(const struct model_part *wait, const struct model_part *p) {
    if (!part_is_use(p) || p->object != wait->object) return false;
    bool receives = p->role == FINDING_RECEIVED || p->role == FINDING_TRIED_RECEIVE;
    return receives == (wait->side == FINDING_SENDS);
}

static void join(struct party *y, const struct model_part *p) {
    size_t i = 0;

    if (p->task == NO_TASK || !y->f->tasks[p->task].id) {
        y->whole = false;
        return;
    }
    if (!y->first) y->first = p;
    y->times += p->count;
    y->tried |= p->role == FINDING_TRIED_SEND || p->role == FINDING_TRIED_RECEIVE;
    while (i < y->count && y->tasks[i] != p->task) i++;
    if (i < y->count) return;
    if (i == PARTY_MAX) {
        y->whole = false;
        return;
    }
    y->tasks[y->count++] = p->task;
    y->ended += has_ended(y->f, &y->f->tasks[p->task]);
}

static struct party gather(const struct model_finding *f, const struct model_part *wait) {
    struct party y = {.f = f, .wait = wait, .whole = !f->parts_omitted && f->part_count < FINDING_PARTS_MAX};

    for (size_t i = 0; i < f->part_count; i++)
        if (is_helpful(wait, &f->parts[i])) join(&y, &f->parts[i]);
    return y;
}

static void put_name(struct text *t, const struct party *y) {
    text_put(t, "the channel");
    if (part_object_name(y->wait)) text_print(t, " %s", part_object_name(y->wait));
}

static const char *deed(const struct party *y) {
    if (y->wait->side == FINDING_RECEIVES) return y->tried ? "ever tried to send on " : "ever sent on ";
    return y->tried ? "ever tried to receive from " : "ever received from ";
}

static const char *unclosed(const struct party *y) {
    return y->wait->side == FINDING_RECEIVES ? " without closing it" : "";
}

/* What has become of the only one. */
static void put_fate(struct text *t, const struct party *y) {
    const struct model_task *task = &y->f->tasks[y->tasks[0]];
    const struct frame *now = stack_place(&task->now);

    if (task->state == FINDING_ENDED) text_print(t, " and has ended%s", unclosed(y));
    else if (has_ended(y->f, task)) text_print(t, " and has returned%s", unclosed(y));
    else if (y->tasks[0] == y->wait->task) text_put(t, " and is the one that waits");
    else if (task->state == FINDING_BLOCKED) {
        text_put(t, " and waits itself");
        if (now) text_put(t, " at "), put_place(t, now);
    } else text_put(t, " and has not ended");
}

static void put_sentence(struct text *t, const struct party *y) {
    bool receives = y->wait->side == FINDING_RECEIVES;

    if (!y->count) {
        text_put(t, receives ? "Nobody has ever sent on " : "Nobody has ever received from ");
        put_name(t, y);
        text_put(t, receives ? " or closed it." : ".");
        return;
    }
    if (y->count == 1) {
        put_task(t, &y->f->tasks[y->tasks[0]]);
        text_put(t, " is the only one that ");
    } else if (y->ended == y->count) {
        text_print(t, "All %zu goroutines that ", y->count);
    } else {
        text_print(t, "Of the %zu goroutines that ", y->count);
    }
    text_put(t, deed(y));
    put_name(t, y);
    if (y->tried) text_put(t, y->count > 1 ? ", some of them only in a select or a try," : ", in a select or a try");
    else if (y->count == 1) text_print(t, " (%llu time%s)", (unsigned long long)y->times, y->times == 1 ? "" : "s");
    if (y->count == 1) text_put(t, y->tried ? "," : ""), put_fate(t, y);
    else if (y->ended == y->count) text_print(t, " have ended%s", unclosed(y));
    else if (y->ended) text_print(t, " %zu ha%s ended%s", y->ended, y->ended == 1 ? "s" : "ve", unclosed(y));
    else text_put(t, " none has ended");
    text_char(t, '.');
}

/* -- what to change ------------------------------------------------------------------------------------------------------ */

static void advise_receive(struct text *t, const struct party *y) {
    if (!y->count) {
        text_put(t, "let whoever is to end this wait send on ");
        put_name(t, y);
        text_put(t, " or chan_close it, on every way out.");
    } else if (y->count > 1) {
        text_put(t, "chan_close ");
        put_name(t, y);
        text_put(t, " when the last of those who send is done: count them with a WaitGroup, wait for it, then close.");
    } else if (y->tasks[0] == y->wait->task) {
        text_put(t, "let another goroutine send, or chan_close ");
        put_name(t, y);
        text_put(t, " behind the last send");
        put_stack_place(t, &y->first->stack);
        text_put(t, ", so that the receive ends.");
    } else {
        text_put(t, "if no more is to come, let ");
        put_task(t, &y->f->tasks[y->tasks[0]]);
        text_put(t, " chan_close ");
        put_name(t, y);
        text_put(t, " behind its last send");
        put_stack_place(t, &y->first->stack);
        text_char(t, '.');
    }
}

static void advise_send(struct text *t, const struct party *y) {
    if (!y->count) {
        text_put(t, "receive from ");
        put_name(t, y);
        text_put(t, " in another goroutine, or make it with room for what is sent: chan_make(type, n).");
        return;
    }
    text_put(t, "receive");
    put_stack_place(t, &y->first->stack);
    text_put(t, " as often as is sent on ");
    put_name(t, y);
    text_put(t, "; where the receiver may stop early, give the channel room for all values, or send in a select with a "
                "context's done channel.");
}

bool users_explain(const struct model_finding *f, struct text *why, struct text *fix) {
    uint64_t told[SENTENCES_MAX];
    struct party best = {0};
    size_t n = 0;

    for (size_t i = 0; i < f->part_count && n < SENTENCES_MAX; i++) {
        const struct model_part *p = &f->parts[i];
        struct party y;
        bool again = false;

        for (size_t j = 0; j < n; j++) again |= told[j] == p->object;
        if (p->role != FINDING_WAITS || !p->side || again) continue;
        y = gather(f, p);
        if (!y.whole) continue;
        told[n++] = p->object;
        text_char(why, ' ');
        struct text sentence = {0};
        put_sentence(&sentence, &y);
        if (sentence.data[0] >= 'a') sentence.data[0] = (char)(sentence.data[0] - 'a' + 'A');
        text_put(why, sentence.data);
        text_free(&sentence);
        /* who has ended is the one to blame, rather than one who waits for others himself */
        if (!best.f || (best.ended < best.count && y.count && y.ended == y.count)) best = y;
    }
    if (!n) return false;
    if (best.wait->side == FINDING_RECEIVES) advise_receive(fix, &best);
    else advise_send(fix, &best);
    return true;
}
