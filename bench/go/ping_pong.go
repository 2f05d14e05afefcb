package main

import "time"

func echo(in, out chan int32) {
	for v := range in {
		out <- v
	}
}

func main() {
	n := count(500000)
	there, back := make(chan int32), make(chan int32)
	go echo(there, back)
	start := time.Now()
	for i := 0; i < n; i++ {
		there <- int32(i)
		<-back
	}
	report("ping_pong", time.Since(start), n)
	close(there)
}
