package main

import "time"

func skynet(up chan int, number, size int) {
	if size == 1 {
		up <- number
		return
	}
	sums, sum := make(chan int), 0
	for i := 0; i < 10; i++ {
		go skynet(sums, number+i*(size/10), size/10)
	}
	for i := 0; i < 10; i++ {
		sum += <-sums
	}
	up <- sum
}

func main() {
	leaves, all := count(1000000), 0
	for level := leaves; level > 0; level /= 10 {
		all += level
	}
	result := make(chan int)
	start := time.Now()
	go skynet(result, 0, leaves)
	sum := <-result
	report("skynet", time.Since(start), all)
	if sum != leaves*(leaves-1)/2 {
		panic("sum")
	}
}
