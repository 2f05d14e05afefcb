package main

import (
	"reflect"
	"runtime"
	"sync/atomic"
	"time"
)

// Says "even" if the counts of n choices, of weights w, are as those of a fair die: chi-square far beyond chance otherwise.
func even(counts []int, weights []int) {
	n, all := 0, 0
	for i := range counts {
		n += counts[i]
		all += weights[i]
	}
	x := 0.0
	for i := range counts {
		expected := float64(n) * float64(weights[i]) / float64(all)
		x += (float64(counts[i]) - expected) * (float64(counts[i]) - expected) / expected
	}
	if x < 60 {
		say("even")
	} else {
		say("uneven %v chi-square %.0f", counts, x)
	}
}

func closedChannel() chan int { c := make(chan int); close(c); return c }

var selects = group{
	"fair_2": func() {
		a, b, n := closedChannel(), closedChannel(), [2]int{}
		for i := 0; i < 10000; i++ {
			select {
			case <-a:
				n[0]++
			case <-b:
				n[1]++
			}
		}
		even(n[:], []int{1, 1})
	},
	"fair_4": func() {
		a, b, c, d, n := closedChannel(), closedChannel(), closedChannel(), closedChannel(), [4]int{}
		for i := 0; i < 10000; i++ {
			select {
			case <-a:
				n[0]++
			case <-b:
				n[1]++
			case <-c:
				n[2]++
			case <-d:
				n[3]++
			}
		}
		even(n[:], []int{1, 1, 1, 1})
	},
	"fair_sends": func() {
		a, b, n := make(chan int, 10000), make(chan int, 10000), [2]int{}
		for i := 0; i < 10000; i++ {
			select {
			case a <- i:
				n[0]++
			case b <- i:
				n[1]++
			}
		}
		even(n[:], []int{1, 1})
	},
	"fair_send_and_recv_of_one": func() {
		c, n := make(chan int, 20000), [2]int{}
		for i := 0; i < 10000; i++ {
			c <- i
		}
		for i := 0; i < 9000; i++ {
			select {
			case c <- i:
				n[0]++
			case <-c:
				n[1]++
			}
		}
		even(n[:], []int{1, 1})
	},
	"fair_duplicates": func() {
		a, b, n := closedChannel(), closedChannel(), [2]int{}
		for i := 0; i < 10000; i++ {
			select {
			case <-a:
				n[0]++
			case <-a:
				n[0]++
			case <-a:
				n[0]++
			case <-b:
				n[1]++
			}
		}
		even(n[:], []int{3, 1})
	},
	"fair_with_default": func() {
		a, b, n := closedChannel(), closedChannel(), [3]int{}
		for i := 0; i < 10000; i++ {
			select {
			case <-a:
				n[0]++
			case <-b:
				n[1]++
			default:
				n[2]++
			}
		}
		even(n[:2], []int{1, 1})
		say("default %d", n[2])
	},
	"fair_closed_and_buffered": func() {
		a, b, n := closedChannel(), make(chan int, 10000), [2]int{}
		for i := 0; i < 10000; i++ {
			b <- i
		}
		for i := 0; i < 10000; i++ {
			select {
			case <-a:
				n[0]++
			case <-b:
				n[1]++
			}
		}
		even(n[:], []int{1, 1})
	},
	"fair_among_ready_only": func() {
		a, b, never, n := closedChannel(), closedChannel(), make(chan int), [3]int{}
		for i := 0; i < 10000; i++ {
			select {
			case <-never:
				n[2]++
			case <-a:
				n[0]++
			case <-b:
				n[1]++
			}
		}
		even(n[:2], []int{1, 1})
		say("never %d", n[2])
	},
	"dynamic_fair": func() {
		n, cases := make([]int, 12), []reflect.SelectCase{}
		for range n {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(closedChannel())})
		}
		for i := 0; i < 12000; i++ {
			chosen, _, _ := reflect.Select(cases)
			n[chosen]++
		}
		even(n, []int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1})
	},
	"evaluation_order": func() {
		c := make(chan int, 1)
		ch := func(n int) chan int { say("c%d", n); return c }
		v := func(n int) int { say("v%d", n); return n }
		select {
		case <-ch(1):
		case ch(2) <- v(2):
		case <-ch(3):
		}
		say("got %d", <-c)
	},
	"all_are_evaluated": func() {
		n := 0
		f := func() int { n++; return n }
		a, b := make(chan int), make(chan int, 1)
		b <- 1
		select {
		case a <- f():
		case <-b:
		}
		say("%d", n)
	},
	"variables_of_others_stay": func() {
		a, b := make(chan int), make(chan int, 1)
		v, w := 1, 1
		b <- 5
		select {
		case v = <-a:
		case w = <-b:
		}
		say("%d %d", v, w)
	},
	"nothing_is_lost": func() {
		a, b := make(chan int, 1), make(chan int, 1)
		a <- 1
		b <- 2
		sum := 0
		select {
		case v := <-a:
			sum += v
		case v := <-b:
			sum += v
		}
		say("left %d", len(a)+len(b))
		select {
		case v := <-a:
			sum += v
		case v := <-b:
			sum += v
		}
		say("sum %d", sum)
	},
	"empty": func() { select {} },
	"all_nil": func() {
		var a, b chan int
		select {
		case <-a:
		case b <- 1:
		}
	},
	"all_nil_default": func() {
		var a, b chan int
		select {
		case <-a:
		case b <- 1:
		default:
			say("default")
		}
	},
	"nil_among_others": func() {
		var a chan int
		b := make(chan int, 1)
		b <- 4
		select {
		case <-a:
			say("a")
		case v := <-b:
			say("b %d", v)
		}
	},
	"default_if_nothing_ready": func() {
		a := make(chan int)
		select {
		case <-a:
		case a <- 1:
		default:
			say("default")
		}
	},
	"default_not_if_ready": func() {
		a := make(chan int, 1)
		select {
		case a <- 1:
			say("sent")
		default:
			say("default")
		}
	},
	"only_default": func() {
		select {
		default:
			say("default")
		}
	},
	"timeout": func() {
		a := make(chan int)
		select {
		case <-a:
			say("a")
		case <-time.After(time.Millisecond):
			say("timeout")
		}
	},
	"timeout_not_if_ready": func() {
		a := make(chan int, 1)
		a <- 1
		select {
		case <-a:
			say("a")
		case <-time.After(time.Hour):
			say("timeout")
		}
	},
	"least_timeout": func() {
		select {
		case <-time.After(time.Hour):
			say("hour")
		case <-time.After(time.Millisecond):
			say("millisecond")
		}
	},
	"timeout_of_nothing": func() {
		a := make(chan int)
		for _, d := range []time.Duration{-time.Hour, 0} {
			select {
			case <-a:
				say("a")
			case <-time.After(d):
				say("timeout")
			}
		}
	},
	"timeout_beside_nil_and_same_twice": func() {
		a := make(chan int)
		var never chan int
		select {
		case <-a:
			say("a")
		case <-a:
			say("a")
		case <-never:
			say("never")
		case <-time.After(time.Millisecond):
			say("timeout")
		}
		select {
		case a <- 1:
			say("true")
		default:
			say("false")
		}
	},
	"both_directions_alone": func() {
		c := make(chan int)
		select {
		case c <- 1:
		case <-c:
		}
	},
	"both_directions_pair": func() {
		c, r := make(chan int), make(chan int, 2)
		f := func(mine int) {
			select {
			case c <- mine:
				r <- 0
			case v := <-c:
				r <- v
			}
		}
		go f(1)
		go f(1)
		say("%d", <-r+<-r)
	},
	"same_twice_waiting": func() {
		c, d := make(chan int), make(chan int)
		go func() {
			select {
			case v := <-c:
				d <- v
			case v := <-c:
				d <- v
			}
		}()
		settle()
		c <- 3
		say("%d", <-d)
		select {
		case c <- 1:
			say("left over")
		default:
			say("gone")
		}
	},
	"break_ends_select": func() {
		a, n := closedChannel(), 0
		for i := 0; i < 3; i++ {
			select {
			case <-a:
				if i == 0 {
					break
				}
				n++
			}
			n += 10
		}
		say("%d", n)
	},
	"return_from_case": func() {
		a := closedChannel()
		f := func() int {
			select {
			case <-a:
				return 1
			}
		}
		say("%d", f())
	},
	"goto_out": func() {
		a := closedChannel()
		for {
			select {
			case <-a:
				goto out
			}
		}
	out:
		say("out")
	},
	"nested": func() {
		a, b := make(chan int, 2), make(chan int, 1)
		a <- 1
		a <- 2
		select {
		case v := <-a:
			select {
			case w := <-a:
				b <- v*10 + w
			case <-b:
				say("b")
			}
		}
		say("%d", <-b)
	},
	"in_range": func() {
		c, out, n := make(chan int, 3), make(chan int, 3), 0
		c <- 1
		c <- 2
		c <- 3
		close(c)
		for v := range c {
			select {
			case out <- v:
				n++
			default:
			}
		}
		say("%d %d", n, len(out))
	},
	"blocked_recv_served": func() {
		a, b := make(chan int), make(chan int)
		go func() { b <- 6 }()
		select {
		case v := <-a:
			say("a %d", v)
		case v := <-b:
			say("b %d", v)
		}
	},
	"blocked_send_served": func() {
		a, b, got := make(chan int), make(chan int), make(chan int)
		go func() { got <- <-b }()
		select {
		case a <- 1:
			say("a")
		case b <- 2:
			say("b %d", <-got)
		}
	},
	"blocked_recv_closed": func() {
		a, b := make(chan int), make(chan int)
		go func() { settle(); close(b) }()
		select {
		case <-a:
			say("a")
		case v, ok := <-b:
			say("b %d %v", v, ok)
		}
	},
	"blocked_send_closed": func() {
		a, b := make(chan int), make(chan int)
		go func() { settle(); close(b) }()
		select {
		case <-a:
		case b <- 1:
		}
	},
	"send_on_closed": func() {
		a := closedChannel()
		select {
		case a <- 1:
		default:
		}
	},
	"recv_of_closed": func() {
		a := closedChannel()
		v, ok := 5, true
		select {
		case v, ok = <-a:
		}
		say("%d %v", v, ok)
	},
	"others_keep_their_values": func() {
		a, b, done := make(chan int), make(chan int), make(chan int, 2)
		go func() { a <- 1; done <- 1 }()
		go func() { b <- 1; done <- 1 }()
		n := 0
		for n < 2 {
			select {
			case v := <-a:
				n += v
			case v := <-b:
				n += v
			}
		}
		<-done
		<-done
		say("%d", n)
	},
	"default_loop_lets_others_run": func() {
		a := make(chan int)
		var ran atomic.Bool
		go func() { ran.Store(true) }()
		for !ran.Load() {
			select {
			case <-a:
			default:
			}
		}
		say("ran")
	},
	"twenty_cases": func() {
		cs, cases, sum := [20]chan int{}, []reflect.SelectCase{}, 0
		for i := range cs {
			cs[i] = make(chan int, 1)
			cs[i] <- i
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(cs[i])})
		}
		for range cs {
			_, v, _ := reflect.Select(cases)
			sum += int(v.Int())
		}
		say("%d", sum)
	},
	"dynamic_default": func() {
		c := make(chan int)
		chosen, _, ok := reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c)}, {Dir: reflect.SelectDefault}})
		if chosen == 1 {
			chosen = -1
		}
		say("%d %v", chosen, ok)
	},
	"dynamic_send": func() {
		c := make(chan int, 1)
		chosen, _, _ := reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectSend, Chan: reflect.ValueOf(c), Send: reflect.ValueOf(8)}})
		say("%d %d", chosen, <-c)
	},
	"dynamic_closed": func() {
		chosen, v, ok := reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(make(chan int))},
			{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(closedChannel())}})
		say("%d %d %v", chosen, v.Int(), ok)
	},
	"dynamic_nil": func() {
		var never chan int
		chosen, _, _ := reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(never)},
			{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(closedChannel())}})
		say("%d", chosen)
	},
	"dynamic_none": func() { reflect.Select(nil) },
	"dynamic_none_default": func() {
		chosen, _, _ := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectDefault}})
		say("%d", chosen-1)
	},
	"dynamic_send_on_closed": func() {
		reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectSend, Chan: reflect.ValueOf(closedChannel()), Send: reflect.ValueOf(8)}})
	},
	"waits_while_others_run": func() {
		c, n := make(chan int), 0
		go func() {
			for i := 0; i < 1000; i++ {
				runtime.Gosched()
			}
			c <- 1
		}()
		select {
		case v := <-c:
			n = v
		}
		say("%d", n)
	},
}
