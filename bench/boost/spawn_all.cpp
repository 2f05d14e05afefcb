#include "bench.hpp"
#include <vector>

int main(int argc, char **argv) {
    long n = count(argc, argv, 30000); // each has a mapping of its own, and those are limited
    std::vector<fibers::fiber> all;
    all.reserve(size_t(n));
    auto start = bench_clock::now();
    for (long i = 0; i < n; i++) all.emplace_back([] {});
    for (auto &f : all) f.join();
    report("spawn_all", start, n);
}
