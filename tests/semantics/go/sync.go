package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

var waitGroups = group{
	"negative_done":     func() { var wg sync.WaitGroup; wg.Done() },
	"negative_add":      func() { var wg sync.WaitGroup; wg.Add(1); wg.Add(-2) },
	"wait_at_zero":      func() { var wg sync.WaitGroup; wg.Wait(); say("back") },
	"add_and_take_back": func() { var wg sync.WaitGroup; wg.Add(3); wg.Add(-3); wg.Wait(); say("back") },
	"missing_done":      func() { var wg sync.WaitGroup; wg.Add(1); wg.Wait() },
	"missing_done_of_two": func() {
		var wg sync.WaitGroup
		wg.Add(2)
		go wg.Done()
		wg.Wait()
	},
	"waits_for_all": func() {
		var wg sync.WaitGroup
		var n atomic.Int32
		wg.Add(100)
		for i := 0; i < 100; i++ {
			go func() { runtime.Gosched(); n.Add(1); wg.Done() }()
		}
		wg.Wait()
		say("%d", n.Load())
	},
	"sees_what_was_done": func() {
		var wg sync.WaitGroup
		x := 0
		wg.Add(1)
		go func() { x = 5; wg.Done() }()
		wg.Wait()
		say("%d", x)
	},
	"reuse": func() {
		var wg sync.WaitGroup
		n := 0
		for i := 0; i < 3; i++ {
			wg.Add(1)
			go func() { n++; wg.Done() }()
			wg.Wait()
		}
		say("%d", n)
	},
	"add_by_member": func() {
		var wg sync.WaitGroup
		var n atomic.Int32
		wg.Add(1)
		go func() {
			wg.Add(1)
			go func() { n.Add(1); wg.Done() }()
			n.Add(1)
			wg.Done()
		}()
		wg.Wait()
		say("%d", n.Load())
	},
	"several_waiters": func() {
		var wg, waiters sync.WaitGroup
		var n atomic.Int32
		wg.Add(1)
		for i := 0; i < 5; i++ {
			waiters.Add(1)
			go func() { wg.Wait(); n.Add(1); waiters.Done() }()
		}
		settle()
		say("%d", n.Load())
		wg.Done()
		waiters.Wait()
		say("%d", n.Load())
	},
	"go": func() {
		var wg sync.WaitGroup
		var n atomic.Int32
		for i := 0; i < 10; i++ {
			wg.Go(func() { n.Add(1) })
		}
		wg.Wait()
		say("%d", n.Load())
	},
	"go_that_exits": func() {
		var wg sync.WaitGroup
		wg.Go(func() { runtime.Goexit() })
		wg.Wait()
		say("back")
	},
	"go_nested": func() {
		var wg sync.WaitGroup
		var n atomic.Int32
		wg.Go(func() { wg.Go(func() { n.Add(1) }); n.Add(1) })
		wg.Wait()
		say("%d", n.Load())
	},
	"go_that_panics": func() {
		var wg sync.WaitGroup
		wg.Go(func() { panic("inside") })
		wg.Wait()
	},
	"done_after_wait": func() { var wg sync.WaitGroup; wg.Add(1); wg.Done(); wg.Wait(); wg.Done() },
}

// A goroutine that locks and unlocks without a pause, while others want the lock ten times each.
func hog(procs int) {
	runtime.GOMAXPROCS(procs)
	var mu sync.Mutex
	var stop atomic.Bool
	var wg, hogs sync.WaitGroup
	n := 0
	hogs.Go(func() {
		for !stop.Load() {
			mu.Lock()
			mu.Unlock()
		}
	})
	for i := 0; i < 4; i++ {
		wg.Go(func() {
			for j := 0; j < 10; j++ {
				mu.Lock()
				n++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	stop.Store(true)
	hogs.Wait()
	say("%d", n)
}

var mutexes = group{
	"zero_value":         func() { var mu sync.Mutex; mu.Lock(); mu.Unlock(); say("unlocked") },
	"unlock_of_unlocked": func() { var mu sync.Mutex; mu.Unlock() },
	"unlock_twice":       func() { var mu sync.Mutex; mu.Lock(); mu.Unlock(); mu.Unlock() },
	"lock_twice":         func() { var mu sync.Mutex; mu.Lock(); mu.Lock() },
	"try_lock": func() {
		var mu sync.Mutex
		say("%v %v", mu.TryLock(), mu.TryLock())
		mu.Unlock()
		say("%v", mu.TryLock())
	},
	"try_lock_of_others": func() {
		var mu sync.Mutex
		c := make(chan bool)
		mu.Lock()
		go func() { c <- mu.TryLock() }()
		say("%v", <-c)
	},
	"unlock_by_another": func() {
		var mu sync.Mutex
		mu.Lock()
		go mu.Unlock()
		mu.Lock()
		say("locked")
	},
	"excludes": func() {
		var mu sync.Mutex
		var wg sync.WaitGroup
		n := 0
		for i := 0; i < 8; i++ {
			wg.Go(func() {
				for j := 0; j < 1000; j++ {
					mu.Lock()
					n++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		say("%d", n)
	},
	"excludes_over_yield": func() {
		var mu sync.Mutex
		var wg sync.WaitGroup
		inside, worst := 0, 0
		for i := 0; i < 8; i++ {
			wg.Go(func() {
				for j := 0; j < 50; j++ {
					mu.Lock()
					inside++
					runtime.Gosched()
					worst = max(worst, inside)
					inside--
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		say("%d", worst)
	},
	"all_waiters_get_it": func() {
		var mu sync.Mutex
		var wg sync.WaitGroup
		n := 0
		mu.Lock()
		for i := 0; i < 10; i++ {
			wg.Go(func() { mu.Lock(); n++; mu.Unlock() })
		}
		settle()
		say("%d", n)
		mu.Unlock()
		wg.Wait()
		say("%d", n)
	},
	"holder_may_end": func() {
		var mu sync.Mutex
		done := make(chan int)
		go func() { mu.Lock(); close(done) }()
		<-done
		say("%v", mu.TryLock())
		mu.Unlock()
		say("%v", mu.TryLock())
	},
	"hog_starves_nobody_1": func() { hog(1) },
	"hog_starves_nobody_2": func() { hog(2) },
	"deadlock_of_two": func() {
		var a, b sync.Mutex
		var wg sync.WaitGroup
		a.Lock()
		wg.Go(func() { b.Lock(); a.Lock() })
		for b.TryLock() {
			b.Unlock()
			runtime.Gosched()
		}
		b.Lock()
	},
}

// Waits until somebody waits to write: a reader is kept out then.
func awaitWriter(rw *sync.RWMutex) {
	for rw.TryRLock() {
		rw.RUnlock()
		runtime.Gosched()
	}
}

func rwTry(hold, try func(rw *sync.RWMutex) bool) func() {
	return func() {
		var rw sync.RWMutex
		hold(&rw)
		say("%v", try(&rw))
	}
}
func nobody(rw *sync.RWMutex) bool { return true }
func reader(rw *sync.RWMutex) bool { return rw.TryRLock() }
func writer(rw *sync.RWMutex) bool { return rw.TryLock() }

var rwmutexes = group{
	"try_read_of_free":     rwTry(nobody, reader),
	"try_read_of_read":     rwTry(reader, reader),
	"try_read_of_written":  rwTry(writer, reader),
	"try_write_of_free":    rwTry(nobody, writer),
	"try_write_of_read":    rwTry(reader, writer),
	"try_write_of_written": rwTry(writer, writer),
	"unlock_of_unlocked":   func() { var rw sync.RWMutex; rw.Unlock() },
	"runlock_of_unlocked":  func() { var rw sync.RWMutex; rw.RUnlock() },
	"unlock_of_read":       func() { var rw sync.RWMutex; rw.RLock(); rw.Unlock() },
	"runlock_of_written":   func() { var rw sync.RWMutex; rw.Lock(); rw.RUnlock() },
	"lock_twice":           func() { var rw sync.RWMutex; rw.Lock(); rw.Lock() },
	"write_after_read":     func() { var rw sync.RWMutex; rw.RLock(); rw.Lock() },
	"read_after_write":     func() { var rw sync.RWMutex; rw.Lock(); rw.RLock() },
	"runlock_by_another": func() {
		var rw sync.RWMutex
		done := make(chan int)
		rw.RLock()
		go func() { rw.RUnlock(); close(done) }()
		<-done
		say("%v", rw.TryLock())
	},
	"unlock_by_another": func() {
		var rw sync.RWMutex
		rw.Lock()
		go rw.Unlock()
		rw.Lock()
		say("locked")
	},
	"readers_are_together": func() {
		var rw sync.RWMutex
		var wg sync.WaitGroup
		var inside atomic.Int32
		for i := 0; i < 4; i++ {
			wg.Go(func() {
				rw.RLock()
				inside.Add(1)
				for inside.Load() < 4 {
					runtime.Gosched()
				}
				rw.RUnlock()
			})
		}
		wg.Wait()
		say("%d", inside.Load())
	},
	"waiting_writer_keeps_readers_out": func() {
		var rw sync.RWMutex
		rw.RLock()
		go rw.Lock()
		awaitWriter(&rw)
		say("%v", rw.TryRLock())
	},
	"writer_before_later_reader": func() {
		var rw sync.RWMutex
		var wg sync.WaitGroup
		order := []string{}
		rw.RLock()
		wg.Go(func() { rw.Lock(); order = append(order, "writer"); rw.Unlock() })
		awaitWriter(&rw)
		wg.Go(func() { rw.RLock(); order = append(order, "reader"); rw.RUnlock() })
		settle()
		rw.RUnlock()
		wg.Wait()
		say("%s %s", order[0], order[1])
	},
	"readers_before_next_writer": func() {
		var rw sync.RWMutex
		var wg sync.WaitGroup
		var inside, seen atomic.Int32
		rw.Lock()
		for i := 0; i < 3; i++ {
			wg.Go(func() {
				rw.RLock()
				inside.Add(1)
				for inside.Load() < 3 {
					runtime.Gosched()
				}
				rw.RUnlock()
			})
		}
		settle()
		wg.Go(func() { rw.Lock(); seen.Store(inside.Load()); rw.Unlock() })
		settle()
		rw.Unlock()
		wg.Wait()
		say("%d", seen.Load())
	},
	"recursive_read_with_writer": func() {
		var rw sync.RWMutex
		rw.RLock()
		go rw.Lock()
		awaitWriter(&rw)
		rw.RLock()
	},
	"readers_do_not_starve_writer": func() {
		var rw sync.RWMutex
		var stop atomic.Bool
		var wg sync.WaitGroup
		for i := 0; i < 3; i++ {
			wg.Go(func() {
				for !stop.Load() {
					rw.RLock()
					runtime.Gosched()
					rw.RUnlock()
				}
			})
		}
		for i := 0; i < 10; i++ {
			rw.Lock()
			rw.Unlock()
		}
		stop.Store(true)
		wg.Wait()
		say("wrote")
	},
	"writers_do_not_starve_reader": func() {
		var rw sync.RWMutex
		var stop atomic.Bool
		var wg sync.WaitGroup
		for i := 0; i < 3; i++ {
			wg.Go(func() {
				for !stop.Load() {
					rw.Lock()
					rw.Unlock()
				}
			})
		}
		for i := 0; i < 10; i++ {
			rw.RLock()
			rw.RUnlock()
		}
		stop.Store(true)
		wg.Wait()
		say("read")
	},
}

var onces = group{
	"runs_once": func() {
		var once sync.Once
		n := 0
		for i := 0; i < 3; i++ {
			once.Do(func() { n++ })
		}
		say("%d", n)
	},
	"first_function_counts": func() {
		var once sync.Once
		once.Do(func() { say("first") })
		once.Do(func() { say("second") })
	},
	"many_callers": func() {
		var once sync.Once
		var wg sync.WaitGroup
		n, seen := 0, [8]int{}
		for i := range seen {
			wg.Go(func() {
				once.Do(func() { runtime.Gosched(); n++ })
				seen[i] = n
			})
		}
		wg.Wait()
		sum := 0
		for _, v := range seen {
			sum += v
		}
		say("%d %d", n, sum)
	},
	"exit_inside_counts": func() {
		var once sync.Once
		var wg sync.WaitGroup
		wg.Go(func() { once.Do(func() { runtime.Goexit() }) })
		wg.Wait()
		n := 0
		once.Do(func() { n++ })
		say("%d", n)
	},
	"exit_inside_releases_others": func() {
		var once sync.Once
		var inside atomic.Bool
		var wg sync.WaitGroup
		wg.Go(func() { once.Do(func() { inside.Store(true); settle(); runtime.Goexit() }) })
		await(&inside)
		once.Do(func() { say("twice") })
		wg.Wait()
		say("back")
	},
	"panic_inside":  func() { var once sync.Once; once.Do(func() { panic("inside") }) },
	"recursion":     func() { var once sync.Once; var f func(); f = func() { once.Do(f) }; once.Do(f) },
	"two_are_apart": func() { var a, b sync.Once; a.Do(func() { b.Do(func() { say("both") }) }) },
	"others_wait": func() {
		var once sync.Once
		var inside, done atomic.Bool
		go once.Do(func() { inside.Store(true); settle(); done.Store(true) })
		await(&inside)
		once.Do(func() {})
		say("%v", done.Load())
	},
}

var conds = group{
	"signal_to_nobody_is_lost": func() {
		var mu sync.Mutex
		c := sync.NewCond(&mu)
		c.Signal()
		c.Broadcast()
		mu.Lock()
		c.Wait()
	},
	"wait_without_lock":    func() { var mu sync.Mutex; sync.NewCond(&mu).Wait() },
	"signal_wakes_one":     func() { condWake(1) },
	"signals_wake_as_many": func() { condWake(3) },
	"broadcast_wakes_all":  func() { condWake(0) },
	"signals_in_order": func() {
		var mu sync.Mutex
		var wg sync.WaitGroup
		c := sync.NewCond(&mu)
		waiting, order := 0, []int{}
		for i := 0; i < 5; i++ {
			wg.Go(func() { mu.Lock(); waiting++; c.Wait(); order = append(order, i); mu.Unlock() })
			for n := 0; n <= i; runtime.Gosched() {
				mu.Lock()
				n = waiting
				mu.Unlock()
			}
		}
		for i := 0; i < 5; i++ {
			c.Signal()
			for n := 0; n <= i; runtime.Gosched() {
				mu.Lock()
				n = len(order)
				mu.Unlock()
			}
		}
		wg.Wait()
		say("%d %d %d %d %d", order[0], order[1], order[2], order[3], order[4])
	},
	"wait_locks_again": func() {
		var mu sync.Mutex
		c := sync.NewCond(&mu)
		mu.Lock()
		go func() { mu.Lock(); c.Signal(); mu.Unlock() }()
		c.Wait()
		say("%v", mu.TryLock())
	},
	"signal_under_lock_waits_for_unlock": func() {
		var mu sync.Mutex
		c := sync.NewCond(&mu)
		var woken atomic.Bool
		waiting, done := false, make(chan int)
		go func() {
			mu.Lock()
			waiting = true
			c.Wait()
			woken.Store(true)
			mu.Unlock()
			close(done)
		}()
		for ok := false; !ok; runtime.Gosched() {
			mu.Lock()
			ok = waiting
			mu.Unlock()
		}
		mu.Lock()
		c.Signal()
		settle()
		say("%v", woken.Load())
		mu.Unlock()
		<-done
		say("%v", woken.Load())
	},
	"over_rwmutex": func() {
		var rw sync.RWMutex
		c := sync.NewCond(&rw)
		rw.Lock()
		go func() { rw.Lock(); c.Signal(); rw.Unlock() }()
		c.Wait()
		say("%v", rw.TryRLock())
	},
	"over_rlock": func() {
		var rw sync.RWMutex
		c := sync.NewCond(rw.RLocker())
		rw.RLock()
		go func() { rw.Lock(); c.Signal(); rw.Unlock() }()
		c.Wait()
		say("%v %v", rw.TryRLock(), rw.TryLock())
	},
	"copied": func() {
		var mu sync.Mutex
		c := sync.NewCond(&mu)
		c.Signal()
		d := *c
		d.Signal()
	},
}

// Eight wait, n are signalled (0: broadcast): how many come back?
func condWake(n int) {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	waiting, woken := 0, 0
	for i := 0; i < 8; i++ {
		go func() { mu.Lock(); waiting++; c.Wait(); woken++; mu.Unlock() }()
	}
	for ok := false; !ok; runtime.Gosched() {
		mu.Lock()
		ok = waiting == 8
		mu.Unlock()
	}
	for i := 0; i < n; i++ {
		c.Signal()
	}
	if n == 0 {
		c.Broadcast()
		n = 8
	}
	for ok := false; !ok; runtime.Gosched() {
		mu.Lock()
		ok = woken >= n
		mu.Unlock()
	}
	settle()
	mu.Lock()
	say("%d", woken)
	mu.Unlock()
}
