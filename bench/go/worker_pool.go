package main

import "time"

func work(jobs, results chan int) {
	for j := range jobs {
		results <- j * 2
	}
}

func feed(jobs chan int, n int) {
	for i := 0; i < n; i++ {
		jobs <- i
	}
	close(jobs)
}

func main() {
	n, sum := count(1000000), 0
	jobs, results := make(chan int, 100), make(chan int, 100)
	start := time.Now()
	for w := 0; w < 8; w++ {
		go work(jobs, results)
	}
	go feed(jobs, n)
	for i := 0; i < n; i++ {
		sum += <-results
	}
	report("worker_pool", time.Since(start), n)
	if sum != n*(n-1) {
		panic("sum")
	}
}
