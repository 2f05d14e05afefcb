/* Contexts: what is cancelled, by whom, and what it says then. */
#include "scenario.h"

#include <stdio.h>

static const int key_1, key_2;
static int ten = 10, twenty = 20;

static goro_ctx *background(void) { return goro_ctx_background(); }
static goro_ctx *cancelled(void) {
    goro_ctx *ctx = goro_ctx_with_cancel(background());
    goro_ctx_cancel(ctx);
    return ctx;
}
static bool is_done(goro_ctx *ctx) {
    goro_empty nothing;
    bool done = false;
    chan_select {
        chan_case_recv(goro_ctx_done(ctx), nothing) done = true;
        chan_default {}
    }
    return done;
}
static void await_done(goro_ctx *ctx) { chan_recv(goro_ctx_done(ctx)); }
static int value(goro_ctx *ctx, const void *key) {
    int *v = goro_ctx_value(ctx, key);
    return v ? *v : -1;
}

SCENARIO(context, background) {
    say("%s %d %s", truth(goro_ctx_done(background()) == NULL), goro_ctx_err(background()),
        truth(goro_ctx_value(background(), &key_1) == NULL));
}
SCENARIO(context, err_before_and_after_cancel) {
    goro_ctx *ctx = goro_ctx_with_cancel(background());
    say("%d %s", goro_ctx_err(ctx), truth(is_done(ctx)));
    goro_ctx_cancel(ctx);
    say("%d %s", goro_ctx_err(ctx), truth(is_done(ctx)));
}
SCENARIO(context, cancel_twice) {
    goro_ctx *ctx = cancelled();
    goro_ctx_cancel(ctx);
    say("%d", goro_ctx_err(ctx));
}
SCENARIO(context, parent_cancels_child) {
    goro_ctx *parent = goro_ctx_with_cancel(background());
    goro_ctx *child = goro_ctx_with_cancel(parent);
    goro_ctx *grandchild = goro_ctx_with_timeout(child, GORO_HOUR);
    goro_ctx_cancel(parent);
    say("%d %d %d", goro_ctx_err(parent), goro_ctx_err(child), goro_ctx_err(grandchild));
}
SCENARIO(context, child_leaves_parent) {
    goro_ctx *parent = goro_ctx_with_cancel(background());
    goro_ctx *child = goro_ctx_with_cancel(parent);
    goro_ctx *sibling = goro_ctx_with_cancel(parent);
    goro_ctx_cancel(child);
    say("%d %d %d", goro_ctx_err(parent), goro_ctx_err(child), goro_ctx_err(sibling));
}
SCENARIO(context, child_of_cancelled) {
    goro_ctx *child = goro_ctx_with_cancel(cancelled());
    say("%d %s", goro_ctx_err(child), truth(is_done(child)));
}
SCENARIO(context, timeout) {
    goro_ctx *ctx = goro_ctx_with_timeout(background(), GORO_MILLISECOND);
    await_done(ctx);
    say("%d", goro_ctx_err(ctx));
}
SCENARIO(context, timeout_zero) {
    goro_ctx *ctx = goro_ctx_with_timeout(background(), 0);
    say("%d %s", goro_ctx_err(ctx), truth(is_done(ctx)));
}
SCENARIO(context, timeout_negative) { say("%d", goro_ctx_err(goro_ctx_with_timeout(background(), -GORO_HOUR))); }
SCENARIO(context, deadline_in_past) {
    say("%d", goro_ctx_err(goro_ctx_with_deadline(background(), goro_now() - GORO_SECOND)));
}
SCENARIO(context, deadline_of_parent_is_earlier) {
    goro_ctx *parent = goro_ctx_with_timeout(background(), GORO_MILLISECOND);
    goro_ctx *child = goro_ctx_with_timeout(parent, GORO_HOUR);
    await_done(child);
    say("%d", goro_ctx_err(child));
}
SCENARIO(context, deadline_of_child_is_earlier) {
    goro_ctx *parent = goro_ctx_with_timeout(background(), GORO_HOUR);
    goro_ctx *child = goro_ctx_with_timeout(parent, GORO_MILLISECOND);
    await_done(child);
    say("%d %d", goro_ctx_err(parent), goro_ctx_err(child));
}
SCENARIO(context, deadline_reaches_descendants) {
    goro_ctx *parent = goro_ctx_with_timeout(background(), GORO_MILLISECOND);
    goro_ctx *child = goro_ctx_with_cancel(goro_ctx_with_value(parent, &key_1, &ten));
    await_done(child);
    say("%d", goro_ctx_err(child));
}
SCENARIO(context, cancel_before_timeout) {
    goro_ctx *ctx = goro_ctx_with_timeout(background(), GORO_HOUR);
    goro_ctx_cancel(ctx);
    say("%d", goro_ctx_err(ctx));
}
SCENARIO(context, cancel_after_timeout) {
    goro_ctx *ctx = goro_ctx_with_timeout(background(), 0);
    goro_ctx_cancel(ctx);
    say("%d", goro_ctx_err(ctx));
}
SCENARIO(context, timeout_under_cancelled) { say("%d", goro_ctx_err(goro_ctx_with_timeout(cancelled(), 0))); }
SCENARIO(context, value) {
    goro_ctx *ctx = goro_ctx_with_value(background(), &key_1, &ten);
    say("%d %s", value(ctx, &key_1), truth(goro_ctx_value(ctx, &key_2) == NULL));
}
SCENARIO(context, value_shadows) {
    goro_ctx *ctx = goro_ctx_with_value(background(), &key_1, &ten);
    goro_ctx *child = goro_ctx_with_value(ctx, &key_1, &twenty);
    say("%d %d", value(ctx, &key_1), value(child, &key_1));
}
SCENARIO(context, value_through_descendants) {
    goro_ctx *ctx = goro_ctx_with_value(background(), &key_1, &ten);
    goro_ctx *child = goro_ctx_with_cancel(ctx);
    goro_ctx *grandchild = goro_ctx_with_value(child, &key_2, &twenty);
    goro_ctx_cancel(child);
    say("%d %d", value(grandchild, &key_1), value(grandchild, &key_2));
}
SCENARIO(context, value_is_cancelled_with_parent) {
    goro_ctx *parent = goro_ctx_with_cancel(background());
    goro_ctx *ctx = goro_ctx_with_value(parent, &key_1, &ten);
    goro_ctx_cancel(parent);
    say("%d %s", goro_ctx_err(ctx), truth(is_done(ctx)));
}
SCENARIO(context, value_without_key) { (void)goro_ctx_with_value(background(), NULL, &ten); }
SCENARIO(context, nil_parent) { (void)goro_ctx_with_cancel(NULL); }

static void tell_err(goro_ctx *ctx, chan(int) errs) {
    await_done(ctx);
    chan_send(errs, goro_ctx_err(ctx));
}
SCENARIO(context, cancel_wakes_all) {
    goro_ctx *ctx = goro_ctx_with_cancel(background());
    chan(int) errs = chan_make(int, 0);
    int sum = 0;
    for (int i = 0; i < 5; i++) go(tell_err, ctx, errs);
    settle();
    goro_ctx_cancel(ctx);
    for (int i = 0; i < 5; i++) sum += chan_recv(errs);
    say("%d", sum);
}
SCENARIO(context, done_is_one_channel) {
    goro_ctx *ctx = goro_ctx_with_cancel(background());
    say("%s", truth(goro_ctx_done(ctx) == goro_ctx_done(ctx)));
}
SCENARIO(context, waiting_for_background) { await_done(background()); }

/* A tree of three generations, freed in each of the 24 orders of four nodes; the values are looked up on the way. */
SCENARIO(context, freed_in_any_order) {
    int trees = 0;
    for (int order = 0; order < 256; order++) {
        int at[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
        if (((1 << at[0]) | (1 << at[1]) | (1 << at[2]) | (1 << at[3])) != 15) continue;
        goro_ctx *ctx[4] = {goro_ctx_with_value(background(), &key_1, &ten)};
        ctx[1] = goro_ctx_with_timeout(ctx[0], GORO_HOUR);
        ctx[2] = goro_ctx_with_cancel(ctx[1]);
        ctx[3] = goro_ctx_with_value(ctx[1], &key_2, &twenty);
        for (int i = 0; i < 4; i++) {
            goro_ctx_free(ctx[at[i]]);
            for (int j = i + 1; j < 4; j++)
                if (value(ctx[at[j]], &key_1) != 10) say("lost");
        }
        trees++;
    }
    say("%d", trees);
}
