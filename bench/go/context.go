package main

import (
	"context"
	"time"
)

func main() {
	n := count(500000)
	root, cancelRoot := context.WithCancel(context.Background())
	start := time.Now()
	for i := 0; i < n; i++ {
		_, cancel := context.WithTimeout(root, time.Hour)
		cancel()
	}
	report("context_timeout", time.Since(start), n)
	cancelRoot()
}
