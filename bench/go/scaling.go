package main

import "time"

func collatz(from, to int) (steps int) {
	for i := from; i < to; i++ {
		for v := uint64(i); v > 1; steps++ {
			if v%2 != 0 {
				v = 3*v + 1
			} else {
				v /= 2
			}
		}
	}
	return
}

func main() {
	n, steps := count(1000000), 0
	const parts = 16
	out := make(chan int, parts)
	start := time.Now()
	for i := 0; i < parts; i++ {
		go func(from, to int) { out <- collatz(from, to) }(i*n/parts, (i+1)*n/parts)
	}
	for i := 0; i < parts; i++ {
		steps += <-out
	}
	report("scaling", time.Since(start), n)
	if steps == 0 {
		panic("steps")
	}
}
