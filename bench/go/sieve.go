package main

import "time"

func generate(out chan int32) {
	for i := int32(2); ; i++ {
		out <- i
	}
}

func filter(in, out chan int32, prime int32) {
	for {
		if i := <-in; i%prime != 0 {
			out <- i
		}
	}
}

func main() {
	n := count(2000)
	c := make(chan int32)
	var prime int32
	start := time.Now()
	go generate(c)
	for i := 0; i < n; i++ {
		prime = <-c
		next := make(chan int32)
		go filter(c, next, prime)
		c = next
	}
	report("sieve", time.Since(start), n)
	if n == 2000 && prime != 17389 {
		panic("prime")
	}
}
