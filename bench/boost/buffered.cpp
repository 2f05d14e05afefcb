#include "bench.hpp"

int main(int argc, char **argv) {
    long n = count(argc, argv, 5000000), sum = 0;
    fibers::buffered_channel<long> c(128); // a power of two is required
    auto start = bench_clock::now();
    fibers::fiber producer([&] {
        for (long i = 0; i < n; i++) c.push(i);
        c.close();
    });
    for (long v : c) sum += v;
    report("buffered", start, n);
    producer.join();
    return sum != n * (n - 1) / 2;
}
