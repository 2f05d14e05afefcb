package main

import (
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var goroutines = group{
	"runs": func() { c := make(chan int); go func() { c <- 1 }(); say("%d", <-c) },
	"arguments_are_taken_at_once": func() {
		c := make(chan int)
		n := 1
		go func(v int) { c <- v }(n)
		n = 2
		say("%d", <-c)
	},
	"main_ends_all": func() { go func() { select {} }(); say("end") },
	"main_ends_hogs": func() {
		var begun atomic.Bool
		go func() {
			begun.Store(true)
			for {
			}
		}()
		await(&begun)
		say("end")
	},
	"exit_status": func() { go os.Exit(3); select {} },
	"deferred_in_reverse": func() {
		var wg sync.WaitGroup
		wg.Go(func() {
			defer say("a")
			defer say("b")
			defer say("c")
		})
		wg.Wait()
	},
	"deferred_of_goexit": func() {
		done := make(chan int)
		go func() {
			defer close(done)
			defer say("a")
			defer say("b")
			runtime.Goexit()
			say("never")
		}()
		<-done
	},
	"deferred_of_main":      func() { defer say("a"); defer say("b"); say("main") },
	"deferred_not_at_exit":  func() { go func() { defer say("never"); select {} }(); settle(); say("main") },
	"goexit_of_main_alone":  func() { runtime.Goexit() },
	"goexit_of_main_defers": func() { defer say("deferred"); runtime.Goexit() },
	"goexit_of_main_others_end": func() {
		go func() { settle(); say("others") }()
		runtime.Goexit()
	},
	"goexit_of_main_others_asleep": func() { go func() { select {} }(); settle(); runtime.Goexit() },
	"goexit_of_main_others_exit":   func() { go func() { settle(); os.Exit(4) }(); runtime.Goexit() },
	"exit_in_deferred": func() {
		done := make(chan int)
		go func() {
			defer close(done)
			defer func() { runtime.Goexit() }()
			say("body")
		}()
		<-done
	},
	"a_hundred_thousand": func() {
		var wg sync.WaitGroup
		var n atomic.Int32
		for i := 0; i < 100000; i++ {
			wg.Go(func() { n.Add(1) })
		}
		wg.Wait()
		say("%d", n.Load())
	},
	"count": func() {
		before, block, begun := runtime.NumGoroutine(), make(chan int), make(chan int)
		for i := 0; i < 3; i++ {
			go func() { begun <- 1; <-block; begun <- 1 }()
		}
		for i := 0; i < 3; i++ {
			<-begun
		}
		say("%d", runtime.NumGoroutine()-before)
		close(block)
		for i := 0; i < 3; i++ {
			<-begun
		}
		for runtime.NumGoroutine() != before {
			runtime.Gosched()
		}
		say("%d", before)
	},
	"count_counts_at_once": func() { go func() { select {} }(); say("%d", runtime.NumGoroutine()) },
}

func tid() int { return syscall.Gettid() }

var scheduler = group{
	"gomaxprocs_returns_previous": func() {
		runtime.GOMAXPROCS(3)
		say("%d", runtime.GOMAXPROCS(2))
		say("%d", runtime.GOMAXPROCS(0))
	},
	"gomaxprocs_asks_only": func() { runtime.GOMAXPROCS(2); say("%d %d", runtime.GOMAXPROCS(-5), runtime.GOMAXPROCS(0)) },
	"gomaxprocs_while_running": func() {
		var wg sync.WaitGroup
		var n atomic.Int32
		for i := 0; i < 100; i++ {
			wg.Go(func() { runtime.Gosched(); n.Add(1) })
			runtime.GOMAXPROCS(1 + i%4)
		}
		wg.Wait()
		say("%d", n.Load())
	},
	"num_cpu": func() { say("%v", runtime.NumCPU() >= 1) },
	"yield_lets_all_run": func() {
		runtime.GOMAXPROCS(1)
		var n atomic.Int32
		for i := 0; i < 5; i++ {
			go n.Add(1)
		}
		for n.Load() < 5 {
			runtime.Gosched()
		}
		say("%d", n.Load())
	},
	"hog_lets_others_run": func() {
		runtime.GOMAXPROCS(1)
		var ran atomic.Bool
		go func() { ran.Store(true) }()
		for !ran.Load() {
		}
		say("ran")
	},
	"blocking_call_lets_others_run": func() {
		runtime.GOMAXPROCS(1)
		var p [2]int
		syscall.Pipe(p[:])
		go syscall.Write(p[1], []byte{65})
		b := []byte{0}
		n, _ := syscall.Read(p[0], b)
		say("%d %c", n, b[0])
	},
	"locked_thread_stays": func() {
		runtime.LockOSThread()
		t, same := tid(), true
		for i := 0; i < 100; i++ {
			runtime.Gosched()
			time.Sleep(time.Microsecond)
			same = same && tid() == t
		}
		say("%v", same)
	},
	"locked_thread_runs_nobody_else": func() {
		runtime.LockOSThread()
		mine, c := tid(), make(chan int)
		alone := true
		for i := 0; i < 20; i++ {
			go func() { c <- tid() }()
			alone = alone && <-c != mine
		}
		say("%v", alone)
	},
	"lock_nests": func() {
		c := make(chan bool)
		go func() {
			runtime.LockOSThread()
			runtime.LockOSThread()
			runtime.UnlockOSThread()
			t, same := tid(), true
			for i := 0; i < 50; i++ {
				runtime.Gosched()
				same = same && tid() == t
			}
			runtime.UnlockOSThread()
			c <- same
		}()
		say("%v", <-c)
	},
	"unlock_without_lock": func() { runtime.UnlockOSThread(); say("back") },
	"end_while_locked": func() {
		var wg sync.WaitGroup
		for i := 0; i < 10; i++ {
			wg.Go(func() { runtime.LockOSThread() })
		}
		wg.Wait()
		say("ended")
	},
	"locked_goroutines_talk": func() {
		c, n := make(chan int), 0
		go func() {
			runtime.LockOSThread()
			for i := 0; i < 100; i++ {
				c <- i
			}
			close(c)
		}()
		runtime.LockOSThread()
		for range c {
			n++
		}
		say("%d", n)
	},
	"chain_of_thousand": func() {
		first := make(chan int)
		in := first
		for i := 0; i < 1000; i++ {
			out := make(chan int)
			go func(in, out chan int) { out <- 1 + <-in }(in, out)
			in = out
		}
		go func() { first <- 0 }()
		say("%d", <-in)
	},
}

var panics = group{
	"text":               func() { panic("oh no") },
	"empty_text":         func() { panic("") },
	"formatted":          func() { panic("value 42 of x") },
	"in_goroutine":       func() { go panic("in a goroutine"); select {} },
	"of_two_lines":       func() { panic("first\nsecond") },
	"after_output":       func() { say("before"); panic("after") },
	"main_waits_forever": func() { select {} },
	"all_asleep": func() {
		var wg sync.WaitGroup
		c := make(chan int)
		wg.Go(func() { <-c })
		wg.Wait()
	},
	"all_asleep_on_mutex": func() {
		var mu sync.Mutex
		mu.Lock()
		go mu.Lock()
		mu.Lock()
	},
	"others_go_on_when_one_is_stuck": func() {
		go func() { <-make(chan int) }()
		settle()
		say("main")
	},
}
