package main

import "time"

func produce(c chan int, n int) {
	for i := 0; i < n; i++ {
		c <- i
	}
	close(c)
}

func main() {
	n, sum := count(5000000), 0
	c := make(chan int, 100)
	start := time.Now()
	go produce(c, n)
	for v := range c {
		sum += v
	}
	report("buffered", time.Since(start), n)
	if sum != n*(n-1)/2 {
		panic("sum")
	}
}
