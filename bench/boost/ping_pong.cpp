#include "bench.hpp"

int main(int argc, char **argv) {
    long n = count(argc, argv, 500000);
    fibers::unbuffered_channel<int> there, back;
    fibers::fiber echo([&] {
        for (int v : there) back.push(v);
    });
    auto start = bench_clock::now();
    for (long i = 0; i < n; i++) {
        there.push(int(i));
        back.value_pop();
    }
    report("ping_pong", start, n);
    there.close();
    echo.join();
}
