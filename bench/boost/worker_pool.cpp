#include "bench.hpp"

int main(int argc, char **argv) {
    long n = count(argc, argv, 1000000), sum = 0;
    fibers::buffered_channel<long> jobs(128), results(128);
    auto start = bench_clock::now();
    for (int w = 0; w < 8; w++)
        fibers::fiber([&] {
            for (long j : jobs) results.push(j * 2);
        }).detach();
    fibers::fiber([&] {
        for (long i = 0; i < n; i++) jobs.push(i);
        jobs.close();
    }).detach();
    for (long i = 0; i < n; i++) sum += results.value_pop();
    report("worker_pool", start, n);
    std::fflush(stdout);
    std::_Exit(sum != n * (n - 1));
}
