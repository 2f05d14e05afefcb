#include "bench.hpp"
#include <memory>

using channel = fibers::unbuffered_channel<int>;

int main(int argc, char **argv) {
    long n = count(argc, argv, 2000);
    auto c = std::make_shared<channel>();
    auto start = bench_clock::now();
    fibers::fiber([c] {
        for (int i = 2;; i++)
            if (c->push(i) != fibers::channel_op_status::success) return;
    }).detach();
    for (long k = 0; k < n; k++) {
        int prime = c->value_pop();
        auto next = std::make_shared<channel>();
        fibers::fiber([c, next, prime] {
            for (;;)
                if (int i = c->value_pop(); i % prime) next->push(i);
        }).detach();
        c = next;
    }
    report("sieve", start, n);
    std::fflush(stdout);
    std::_Exit(0);
}
