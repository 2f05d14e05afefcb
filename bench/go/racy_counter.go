package main

import "sync"

var counter int

func bump(wg *sync.WaitGroup) {
	for i := 0; i < 1000; i++ {
		counter++
	}
	wg.Done()
}

func main() {
	var wg sync.WaitGroup
	wg.Add(2)
	go bump(&wg)
	go bump(&wg)
	wg.Wait()
	_ = count
}
