package main

import (
	"sync"
	"time"
)

func work(wg *sync.WaitGroup) { wg.Done() }

func main() {
	n := count(500000)
	var wg sync.WaitGroup
	start := time.Now()
	wg.Add(n)
	for i := 0; i < n; i++ {
		go work(&wg)
	}
	wg.Wait()
	report("spawn_all", time.Since(start), n)
}
