#include "bench.hpp"

int main(int argc, char **argv) {
    long n = count(argc, argv, 500000);
    auto start = bench_clock::now();
    for (long i = 0; i < n; i++) fibers::fiber([] {}).join();
    report("spawn_join", start, n);
}
