package main

import (
	"fmt"
	"sync"
	"time"
)

func park(gate chan struct{}, parked, woken *sync.WaitGroup) {
	parked.Done()
	<-gate
	woken.Done()
}

func main() {
	n := count(1000000)
	gate := make(chan struct{})
	var parked, woken sync.WaitGroup
	before := residentBytes()
	parked.Add(n)
	woken.Add(n)
	start := time.Now()
	for i := 0; i < n; i++ {
		go park(gate, &parked, &woken)
	}
	parked.Wait()
	report("parked_create", time.Since(start), n)
	fmt.Printf("parked_bytes %d\n", (residentBytes()-before)/n)
	start = time.Now()
	close(gate)
	woken.Wait()
	report("parked_wake", time.Since(start), n)
}
