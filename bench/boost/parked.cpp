#include "bench.hpp"
#include <mutex>

int main(int argc, char **argv) {
    long n = count(argc, argv, 1000000), parked = 0, woken = 0;
    fibers::mutex mu;
    fibers::condition_variable gate;
    bool open = false;
    long before = resident_bytes();
    auto start = bench_clock::now();
    for (long i = 0; i < n; i++)
        fibers::fiber(fibers::launch::dispatch, std::allocator_arg, fibers::fixedsize_stack(16384), [&] {
            std::unique_lock<fibers::mutex> lock(mu);
            parked++;
            while (!open) gate.wait(lock);
            woken++;
        }).detach();
    report("parked_create", start, n);
    std::printf("parked_bytes %.0f\n", double(resident_bytes() - before) / double(n));
    start = bench_clock::now();
    mu.lock();
    open = true;
    mu.unlock();
    gate.notify_all();
    while (woken < n) boost::this_fiber::yield();
    report("parked_wake", start, n);
    std::fflush(stdout);
    std::_Exit(parked != n);
}
