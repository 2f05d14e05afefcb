package main

import "time"

func send(c []chan int32, n int) {
	for i := 0; i < n; i++ {
		c[i%len(c)] <- 1
	}
}

func main() {
	n, sum := count(500000), int32(0)
	c := make([]chan int32, 8)
	for i := range c {
		c[i] = make(chan int32)
	}

	start := time.Now()
	go send(c[:2], n)
	for i := 0; i < n; i++ {
		select {
		case v := <-c[0]:
			sum += v
		case v := <-c[1]:
			sum += v
		}
	}
	report("select_2", time.Since(start), n)

	start = time.Now()
	go send(c[:4], n)
	for i := 0; i < n; i++ {
		select {
		case v := <-c[0]:
			sum += v
		case v := <-c[1]:
			sum += v
		case v := <-c[2]:
			sum += v
		case v := <-c[3]:
			sum += v
		}
	}
	report("select_4", time.Since(start), n)

	start = time.Now()
	go send(c, n)
	for i := 0; i < n; i++ {
		select {
		case v := <-c[0]:
			sum += v
		case v := <-c[1]:
			sum += v
		case v := <-c[2]:
			sum += v
		case v := <-c[3]:
			sum += v
		case v := <-c[4]:
			sum += v
		case v := <-c[5]:
			sum += v
		case v := <-c[6]:
			sum += v
		case v := <-c[7]:
			sum += v
		}
	}
	report("select_8", time.Since(start), n)
	if int(sum) != 3*n {
		panic("sum")
	}
}
