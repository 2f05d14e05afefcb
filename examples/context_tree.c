// Contexts in a tree, as a server uses them: one for each request, and below it one for each thing the request waits on.
//
// Cancelling a context cancels everything below it and nothing beside it. Values are looked up towards the root.
//
// expect: none
// stdout-any-order: request 1: the database query stops
// stdout-any-order: request 1: the file transfer stops
// stdout-any-order: request 2 is not cancelled
// stdout-any-order: request 2: the database query stops
// stdout-any-order: request 2: the file transfer stops
#include <goro.h>
#include <stdio.h>

static const char request_key; // its address is the key: nobody else can have the same

static void wait_for(const char *what, goro_ctx *ctx) {
    goro_empty nothing;
    (void)chan_recv_ok(goro_ctx_done(ctx), &nothing);
    printf("request %s: the %s stops\n", (const char *)goro_ctx_value(ctx, &request_key), what);
}

static void serve(goro_ctx *request) {
    goro_ctx *query = goro_ctx_with_timeout(request, 10 * GORO_MINUTE);
    goro_ctx *transfer = goro_ctx_with_cancel(request);
    goro_wg wg = {0};
    goro_wg_go(&wg, wait_for, "database query", query);
    goro_wg_go(&wg, wait_for, "file transfer", transfer);
    goro_wg_wait(&wg);
    goro_ctx_cancel(query);
    goro_ctx_cancel(transfer);
    goro_ctx_free(query);
    goro_ctx_free(transfer);
}

struct request {
    goro_ctx *named, *ctx;
};

static struct request begin(goro_ctx *server, const char *number, goro_wg *wg) {
    struct request r;
    r.named = goro_ctx_with_value(server, &request_key, (void *)number);
    r.ctx = goro_ctx_with_cancel(r.named);
    goro_wg_go(wg, serve, r.ctx);
    return r;
}

static void end(struct request r, goro_wg *wg) {
    goro_ctx_cancel(r.ctx);
    goro_wg_wait(wg);
    goro_ctx_free(r.ctx);
    goro_ctx_free(r.named);
}

int main(void) {
    goro_ctx *server = goro_ctx_with_cancel(goro_ctx_background());
    goro_wg first = {0}, second = {0};
    struct request one = begin(server, "1", &first), two = begin(server, "2", &second);
    end(one, &first);
    if (goro_ctx_err(two.ctx) == 0) printf("request 2 is not cancelled\n");
    goro_ctx_cancel(server); // the end of the server is the end of all its requests
    end(two, &second);
    goro_ctx_free(server);
    return 0;
}
