// What the Go benchmarks share; see bench/goro/bench.h.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func report(name string, d time.Duration, ops int) {
	fmt.Printf("%s %.2f\n", name, float64(d.Nanoseconds())/float64(ops))
}

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func residentBytes() int {
	b, _ := os.ReadFile("/proc/self/statm")
	pages, _ := strconv.Atoi(strings.Fields(string(b))[1])
	return pages * 4096
}

func count(otherwise int) int {
	if len(os.Args) > 1 {
		n, _ := strconv.Atoi(os.Args[1])
		return n
	}
	return otherwise
}
