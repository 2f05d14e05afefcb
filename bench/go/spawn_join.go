package main

import (
	"sync"
	"time"
)

func work(wg *sync.WaitGroup) { wg.Done() }

func main() {
	n := count(1000000)
	var wg sync.WaitGroup
	start := time.Now()
	for i := 0; i < n; i++ {
		wg.Add(1)
		go work(&wg)
		wg.Wait()
	}
	report("spawn_join", time.Since(start), n)
}
