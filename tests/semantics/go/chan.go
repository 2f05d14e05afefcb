package main

import (
	"runtime"
	"strings"
)

// matrix "STATE.OPERATION": a channel in that state, and one operation on it.
func matrix(name string) {
	state, operation, _ := strings.Cut(name, ".")
	var c chan int
	served := make(chan int, 1)
	peer := false
	switch state {
	case "nil":
	case "idle":
		c = make(chan int)
	case "receiver":
		c = make(chan int)
		peer = true
		go func() {
			v, ok := <-c
			if !ok {
				v = -1
			}
			served <- v
		}()
	case "sender":
		c = make(chan int)
		peer = true
		go func() {
			c <- 7
			served <- 7
		}()
	case "empty":
		c = make(chan int, 2)
	case "part":
		c = make(chan int, 2)
		c <- 1
	case "full":
		c = make(chan int, 2)
		c <- 1
		c <- 2
	case "closed":
		c = make(chan int)
		close(c)
	case "drained":
		c = make(chan int, 2)
		c <- 1
		close(c)
		<-c
	case "closed_full":
		c = make(chan int, 2)
		c <- 1
		c <- 2
		close(c)
	}
	if operate(c, operation, state) && peer {
		say("peer %d", <-served)
	}
}

// What a try does: again and again if somebody is on his way who will make it possible.
func repeat(until bool, try func() bool) bool {
	for {
		if try() {
			return true
		}
		if !until {
			return false
		}
		runtime.Gosched()
	}
}

// True: the peer, if there is one, has been served.
func operate(c chan int, operation, state string) bool {
	v, ok := 99, false
	receiver, sender := state == "receiver", state == "sender"
	switch operation {
	case "send":
		c <- 5
		say("sent len %d", len(c))
	case "recv":
		say("got %d len %d", <-c, len(c))
	case "recv_ok":
		v, ok = <-c
		say("got %d %v", v, ok)
	case "try_send":
		sent := repeat(receiver, func() bool {
			select {
			case c <- 5:
				return true
			default:
				return false
			}
		})
		say("%v len %d", sent, len(c))
		return sent
	case "try_recv":
		ok = repeat(sender, func() bool {
			select {
			case w, more := <-c:
				if more {
					v = w
				}
				return more
			default:
				return false
			}
		})
		say("%d %v", v, ok)
		return ok
	case "close":
		if sender {
			settle()
		}
		close(c)
		say("closed len %d", len(c))
	case "len":
		say("%d", len(c))
		return false
	case "cap":
		say("%d", cap(c))
		return false
	case "range":
		n := 0
		for w := range c {
			n += w
			say("%d", w)
			if n >= 7 {
				break
			}
		}
		say("end")
		return sender
	case "select_send":
		select {
		case c <- 5:
			say("sent")
		}
	case "select_recv":
		select {
		case v, ok = <-c:
			say("got %d %v", v, ok)
		}
	case "select_both":
		select {
		case c <- 5:
			say("sent")
		case v, ok = <-c:
			say("got %d %v", v, ok)
		}
	}
	return true
}

var channels = group{
	"fifo": func() {
		c := make(chan int, 10)
		for i := 0; i < 10; i++ {
			c <- i
		}
		for i := 0; i < 10; i++ {
			say("%d", <-c)
		}
	},
	"fifo_of_one_sender": func() {
		c := make(chan int)
		go func() {
			for i := 0; i < 1000; i++ {
				c <- i
			}
			close(c)
		}()
		n, inOrder := 0, true
		for v := range c {
			inOrder = inOrder && v == n
			n++
		}
		say("%d %v", n, inOrder)
	},
	"close_of_closed":   func() { c := make(chan int); close(c); close(c) },
	"negative_size":     func() { n := -1; n -= len(primitives); _ = make(chan int, n) },
	"huge_size":         func() { n := 1 << 62; _ = make(chan int64, n) },
	"nil_zero_value":    func() { var c chan int; say("%v %d %d", c == nil, len(c), cap(c)) },
	"send_copies":       func() { c := make(chan int, 1); v := 1; c <- v; v = 2; say("%d", <-c) },
	"closed_gives_zero": func() { c := make(chan [4]int, 1); close(c); v := <-c; say("%d %d", v[0], v[3]) },
	"close_wakes_all": func() {
		c, done := make(chan int), make(chan bool, 8)
		for i := 0; i < 8; i++ {
			go func() { _, ok := <-c; done <- ok }()
		}
		settle()
		close(c)
		n := 0
		for i := 0; i < 8; i++ {
			if !<-done {
				n++
			}
		}
		say("%d", n)
	},
	"close_panics_sender": func() {
		c, never := make(chan int), make(chan int)
		go func() { c <- 1 }()
		settle()
		close(c)
		<-never
	},
	"unbuffered_meets": func() {
		c, x := make(chan int), 0
		go func() { x = 1; c <- 0 }()
		<-c
		say("%d", x)
	},
	"chan_of_chan": func() {
		cc := make(chan chan int)
		go func() { c := <-cc; c <- 5 }()
		c := make(chan int)
		cc <- c
		say("%d", <-c)
	},
	"empty_elements": func() {
		c := make(chan struct{}, 3)
		c <- struct{}{}
		c <- struct{}{}
		say("%d %d", len(c), cap(c))
	},
	"huge_empty_elements": func() { c := make(chan struct{}, 1<<30); c <- struct{}{}; say("%d %d", len(c), cap(c)) },
	"range_over_buffered": func() {
		c := make(chan int, 3)
		c <- 1
		c <- 2
		c <- 3
		close(c)
		for v := range c {
			say("%d", v)
		}
		say("end")
	},
	"range_keeps_variable": func() {
		c := make(chan int, 1)
		v := 5
		c <- 6
		close(c)
		for v = range c {
		}
		say("%d", v)
	},
	"range_evaluates_once": func() {
		n := 0
		c := make(chan int, 2)
		c <- 1
		c <- 2
		close(c)
		f := func() chan int { n++; return c }
		for range f() {
		}
		say("%d", n)
	},
	"directions": func() {
		c := make(chan int, 1)
		var tx chan<- int = c
		var rx <-chan int = c
		tx <- 4
		say("%d %d %d", len(rx), cap(tx), <-rx)
	},
	"same_channel": func() {
		c := make(chan int, 1)
		d := c
		c <- 3
		say("%v %d", c == d, <-d)
	},
	"deadlock_names_all": func() {
		c := make(chan int)
		go func() { c <- 1; <-c }()
		<-c
		<-make(chan int)
	},
	"sender_of_full_waits_for_room": func() {
		c, done := make(chan int, 1), make(chan int)
		c <- 1
		go func() { c <- 2; close(done) }()
		say("%d", <-c)
		<-done
		say("len %d %d", len(c), <-c)
	},
	"many_to_many": func() {
		c, sum := make(chan int, 3), make(chan int)
		for i := 0; i < 4; i++ {
			go func() {
				for j := 0; j < 100; j++ {
					c <- 1
				}
				sum <- 0
			}()
		}
		for i := 0; i < 4; i++ {
			go func() {
				n := 0
				for v := range c {
					n += v
				}
				sum <- n
			}()
		}
		for i := 0; i < 4; i++ {
			<-sum
		}
		close(c)
		total := 0
		for i := 0; i < 4; i++ {
			total += <-sum
		}
		say("%d", total)
	},
}
