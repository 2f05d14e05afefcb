/* runtime_check: walks the scheduler's structures and asserts what their files say is always true. For tests. */
#include "runtime/proc.h"

static void list_check(const struct g_list *l) {
    uint64_t n = 0;
    const struct g *last = NULL;
    for (const struct g *g = l->head; g; last = g, g = g->next, n++) goro_assert(g->state == G_QUEUED);
    goro_assert(n == l->count && last == l->tail);
}

static void p_check(const struct p *p, unsigned index, const struct p *mine) {
    goro_assert(p->index == index);
    if (p->m) goro_assert(p->m->p == p && !p->m->idle);
    else goro_assert(runq_total(&p->runq) == 0); /* an idle P has no work */
    if (p == mine) runq_check(&p->runq);         /* others change theirs without the mutex */
}

static void m_check(const struct m *m) {
    list_check(&m->mail);
    if (!m->idle) return;
    goro_assert(!m->p && !m->mail.count);
}

static void idle_lists_check(void) {
    unsigned ps = 0, in_list = 0, asleep = 0;
    for (const struct p *p = sched.idle_ps; p; p = p->next_idle, ps++) goro_assert(!p->m && p->index < sched.nprocs);
    goro_assert(ps == sched.idle_p_count);
    for (const struct m *m = sched.idle_ms; m; m = m->next_idle, in_list++) goro_assert(m->idle && !m->exclusive);
    for (const struct m *m = sched.all_ms; m; m = m->next) asleep += m->idle;
    goro_assert(asleep == sched.idle_m_count && in_list <= asleep && asleep <= sched.ms);
}

void runtime_check(struct g *g) {
    const struct m *m = g->m;
    goro_assert(m->g == g && m->inside && m->p && g->state == G_RUNNING);
    os_mutex_lock(&sched.mutex);
    solo_check_locked();
    list_check(&sched.global);
    for (unsigned i = 0; i < sched.nprocs; i++) p_check(sched.ps[i], i, m->p);
    for (const struct m *each = sched.all_ms; each; each = each->next) m_check(each);
    idle_lists_check();
    os_mutex_unlock(&sched.mutex);
}
