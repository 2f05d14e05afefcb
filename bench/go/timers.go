package main

import (
	"sync"
	"time"
)

func main() {
	n := count(100000)
	timers := make([]*time.Timer, n)
	var wg sync.WaitGroup
	wg.Add(n)
	before := cpu()
	for i := range timers {
		timers[i] = time.AfterFunc(time.Duration(1+i%10)*time.Millisecond, wg.Done)
	}
	wg.Wait()
	report("timers_cpu", cpu()-before, n)

	one := time.NewTimer(time.Hour)
	start := time.Now()
	for i := 0; i < 10*n; i++ {
		one.Reset(time.Hour)
		one.Stop()
	}
	report("timer_start_stop", time.Since(start), 10*n)
}
