package main

import (
	"runtime"
	"sync"
	"time"
)

func work(wg *sync.WaitGroup, n int) {
	for i := 0; i < n; i++ {
		runtime.Gosched()
	}
	wg.Done()
}

func main() {
	n := count(2000000)
	var wg sync.WaitGroup
	wg.Add(2)
	start := time.Now()
	go work(&wg, n)
	go work(&wg, n)
	wg.Wait()
	report("yield", time.Since(start), 2*n)
}
