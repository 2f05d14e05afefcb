package main

import (
	"sync"
	"time"
)

var mu sync.Mutex
var counter int

func bump(wg *sync.WaitGroup, n int) {
	for i := 0; i < n; i++ {
		mu.Lock()
		counter++
		mu.Unlock()
	}
	wg.Done()
}

func main() {
	n := count(2000000)
	var wg sync.WaitGroup
	start := time.Now()
	wg.Add(8)
	for i := 0; i < 8; i++ {
		go bump(&wg, n/8)
	}
	wg.Wait()
	report("mutex_counter", time.Since(start), n)
}
