// What the Boost.Fiber benchmarks share; see bench/goro/bench.h. One thread: Boost.Fiber's own default scheduler.
#pragma once
#include <boost/fiber/all.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace fibers = boost::fibers;
using bench_clock = std::chrono::steady_clock;

inline void report(const char *name, bench_clock::time_point start, long ops) {
    auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(bench_clock::now() - start).count();
    std::printf("%s %.2f\n", name, double(ns) / double(ops));
}

inline long count(int argc, char **argv, long otherwise) { return argc > 1 ? std::atol(argv[1]) : otherwise; }

inline long resident_bytes() {
    long pages = 0, resident = 0;
    std::FILE *f = std::fopen("/proc/self/statm", "r");
    if (!f || std::fscanf(f, "%ld %ld", &pages, &resident) != 2) std::abort();
    std::fclose(f);
    return resident * 4096;
}
