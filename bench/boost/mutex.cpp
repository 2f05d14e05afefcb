#include "bench.hpp"
#include <vector>

static fibers::mutex mu;
static long counter;

static void by_8(const char *name, long n, bool with_yield) {
    std::vector<fibers::fiber> all;
    auto start = bench_clock::now();
    for (int w = 0; w < 8; w++)
        all.emplace_back([=] {
            for (long i = 0; i < n / 8; i++) {
                mu.lock();
                counter++;
                if (with_yield) boost::this_fiber::yield();
                mu.unlock();
            }
        });
    for (auto &f : all) f.join();
    report(name, start, n / 8 * 8);
}

int main(int argc, char **argv) {
    long n = count(argc, argv, 5000000);
    auto start = bench_clock::now();
    for (long i = 0; i < n; i++) {
        mu.lock();
        counter++;
        mu.unlock();
    }
    report("mutex", start, n);
    by_8("mutex_by_8", n, false);
    by_8("mutex_by_8_yield", n / 10, true);
}
