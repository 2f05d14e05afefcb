package main

import (
	"runtime"
	"sync"
	"time"
)

var mu sync.Mutex
var counter int

func bump(wg *sync.WaitGroup, n int, withYield bool) {
	for i := 0; i < n; i++ {
		mu.Lock()
		counter++
		if withYield {
			runtime.Gosched()
		}
		mu.Unlock()
	}
	wg.Done()
}

func by8(name string, n int, withYield bool) {
	var wg sync.WaitGroup
	start := time.Now()
	wg.Add(8)
	for i := 0; i < 8; i++ {
		go bump(&wg, n/8, withYield)
	}
	wg.Wait()
	report(name, time.Since(start), n/8*8)
}

func main() {
	n := count(5000000)
	start := time.Now()
	for i := 0; i < n; i++ {
		mu.Lock()
		counter++
		mu.Unlock()
	}
	report("mutex", time.Since(start), n)
	by8("mutex_by_8", n, false)
	by8("mutex_by_8_yield", n/10, true)
}
