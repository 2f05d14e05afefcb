// The scenarios of table.txt in Go: `scenarios PRIMITIVE NAME` runs one. Their twins in C stand one folder up.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

type group = map[string]func()

var primitives = map[string]group{
	"select": selects, "wg": waitGroups, "mutex": mutexes, "rwmutex": rwmutexes, "once": onces, "cond": conds,
	"context": contexts, "timer": timers, "ticker": tickers, "go": goroutines, "sched": scheduler, "panic": panics,
}

func say(format string, args ...any) { fmt.Printf(format+" ", args...) }

// Lets others run until they have come as far as they can.
func settle() {
	for i := 0; i < 20; i++ {
		runtime.Gosched()
		time.Sleep(100 * time.Microsecond)
	}
}

func await(flag *atomic.Bool) {
	for !flag.Load() {
		runtime.Gosched()
	}
}

func main() {
	primitive, name := os.Args[1], os.Args[2]
	if primitive == "chan" && strings.Contains(name, ".") {
		matrix(name)
		return
	}
	run := primitives[primitive][name]
	if primitive == "chan" {
		run = channels[name]
	}
	if run == nil {
		fmt.Fprintln(os.Stderr, "no such scenario:", primitive, name)
		os.Exit(99)
	}
	run()
}
