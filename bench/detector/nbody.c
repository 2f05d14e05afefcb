/* Gravitation among bodies, step by step, with a barrier between the phases of a step. */
#include "kernel.h"

enum { BODIES = 384, STEPS = 96 };
static struct body { double x, y, z, vx, vy, vz, mass; } body[BODIES];
static pthread_barrier_t barrier;

/* 1 / sqrt(v) by Newton's method: no libm, the same result everywhere. */
static double inverse_root(double v) {
    double r = v > 1 ? 1 / v : 1;
    for (int i = 0; i < 12; i++) r = r * (1.5 - 0.5 * v * r * r);
    return r;
}

static void *simulate(void *arg) {
    long me = (long)arg, from = me * BODIES / THREADS, to = (me + 1) * BODIES / THREADS;
    for (int step = 0; step < STEPS; step++) {
        for (long i = from; i < to; i++) {
            double ax = 0, ay = 0, az = 0;
            for (long j = 0; j < BODIES; j++) {
                double dx = body[j].x - body[i].x, dy = body[j].y - body[i].y, dz = body[j].z - body[i].z;
                double r = inverse_root(dx * dx + dy * dy + dz * dz + 0.01);
                double f = body[j].mass * r * r * r;
                ax += f * dx, ay += f * dy, az += f * dz;
            }
            body[i].vx += ax * 0.001, body[i].vy += ay * 0.001, body[i].vz += az * 0.001;
        }
        pthread_barrier_wait(&barrier);
        for (long i = from; i < to; i++) {
            body[i].x += body[i].vx * 0.001;
            body[i].y += body[i].vy * 0.001;
            body[i].z += body[i].vz * 0.001;
        }
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

static double fraction(uint64_t *state) { return (double)(next_random(state) >> 40) / (1 << 24); }

int main(void) {
    uint64_t state = 5, sum = 0;
    for (int i = 0; i < BODIES; i++)
        body[i] = (struct body){fraction(&state), fraction(&state), fraction(&state), 0, 0, 0, 1 + fraction(&state)};
    pthread_barrier_init(&barrier, NULL, THREADS);
    run_threads(THREADS, simulate);
    for (int i = 0; i < BODIES; i++) sum = checksum_add(sum, (uint64_t)(int64_t)(body[i].x * 1e6));
    kernel_report("nbody", sum);
    return 0;
}
