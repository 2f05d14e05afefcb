#include "bench.hpp"

int main(int argc, char **argv) {
    long n = count(argc, argv, 2000000);
    auto work = [n] {
        for (long i = 0; i < n; i++) boost::this_fiber::yield();
    };
    auto start = bench_clock::now();
    fibers::fiber a(work), b(work);
    a.join();
    b.join();
    report("yield", start, 2 * n);
}
