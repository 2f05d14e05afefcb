#include "bench.hpp"

using channel = fibers::unbuffered_channel<long>;

// Small stacks, so that the machine's limit of mappings allows the tree.
static void skynet(channel &up, long number, long size) {
    if (size == 1) {
        up.push(number);
        return;
    }
    channel sums;
    long sum = 0;
    for (long i = 0; i < 10; i++)
        fibers::fiber(std::allocator_arg, fibers::fixedsize_stack(8192), [&sums, number, size, i] {
            skynet(sums, number + i * (size / 10), size / 10);
        }).detach();
    for (int i = 0; i < 10; i++) sum += sums.value_pop();
    up.push(sum);
}

int main(int argc, char **argv) {
    long leaves = count(argc, argv, 10000), all = 0;
    for (long level = leaves; level; level /= 10) all += level;
    channel result;
    auto start = bench_clock::now();
    fibers::fiber([&] { skynet(result, 0, leaves); }).detach();
    long sum = result.value_pop();
    report("skynet", start, all);
    return sum != leaves * (leaves - 1) / 2;
}
