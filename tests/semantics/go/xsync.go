package main

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

func init() { primitives["sem"], primitives["group"] = semaphores, groups }

func newSem(n int64) *semaphore.Weighted { return semaphore.NewWeighted(n) }

func errCode(err error) int {
	switch err {
	case nil:
		return 0
	case context.Canceled:
		return 1
	case context.DeadlineExceeded:
		return 2
	}
	return 3
}

// Starts a goroutine that acquires n, and waits until it stands in the queue. Room for one must be there but for it.
func queueUp(s *semaphore.Weighted, ctx context.Context, n int64, done func(error)) {
	go func() { done(s.Acquire(ctx, n)) }()
	settle()
	settle()
}

var semaphores = group{
	"try":                    func() { s := newSem(2); say("%v %v %v", s.TryAcquire(1), s.TryAcquire(1), s.TryAcquire(1)) },
	"try_too_much":           func() { say("%v", newSem(2).TryAcquire(3)) },
	"try_zero":               func() { s := newSem(1); s.TryAcquire(1); say("%v", s.TryAcquire(0)) },
	"release_gives_back":     func() { s := newSem(1); s.Acquire(background, 1); s.Release(1); say("%v", s.TryAcquire(1)) },
	"release_too_much":       func() { newSem(3).Release(1) },
	"release_more_than_held": func() { s := newSem(3); s.Acquire(background, 1); s.Release(2) },
	"release_by_another": func() {
		s := newSem(1)
		s.Acquire(background, 1)
		go s.Release(1)
		say("%d", errCode(s.Acquire(background, 1)))
	},
	"waiter_keeps_later_ones_out": func() {
		s := newSem(2)
		s.Acquire(background, 1)
		queueUp(s, background, 2, func(error) {})
		say("%v", s.TryAcquire(1))
	},
	"in_order": func() {
		s, c := newSem(1), make(chan int, 3)
		s.Acquire(background, 1)
		for i := 0; i < 3; i++ {
			queueUp(s, background, 1, func(error) { c <- i; s.Release(1) })
		}
		s.Release(1)
		say("%d %d %d", <-c, <-c, <-c)
	},
	"big_is_not_overtaken": func() {
		s, c := newSem(3), make(chan string, 2)
		s.Acquire(background, 2)
		queueUp(s, background, 3, func(error) { c <- "big"; s.Release(3) })
		queueUp(s, background, 1, func(error) { c <- "small"; s.Release(1) })
		s.Release(2)
		say("%s %s", <-c, <-c)
	},
	"release_serves_as_many_as_fit": func() {
		s, c := newSem(4), make(chan int, 4)
		s.Acquire(background, 4)
		for i := 0; i < 4; i++ {
			queueUp(s, background, 1, func(error) { c <- 1 })
		}
		s.Release(3)
		say("%d", <-c+<-c+<-c)
		settle()
		say("%d", len(c))
	},
	"cancelled_before": func() {
		s := newSem(1)
		ctx, cancel := context.WithCancel(background)
		cancel()
		say("%d %v", errCode(s.Acquire(ctx, 1)), s.TryAcquire(1))
	},
	"cancelled_while_waiting": func() {
		s, c := newSem(1), make(chan int)
		ctx, cancel := context.WithCancel(background)
		s.Acquire(background, 1)
		queueUp(s, ctx, 1, func(err error) { c <- errCode(err) })
		cancel()
		say("%d", <-c)
		s.Release(1)
		say("%v", s.TryAcquire(1))
	},
	"timeout_while_waiting": func() {
		s := newSem(1)
		s.Acquire(background, 1)
		ctx, _ := context.WithTimeout(background, time.Millisecond)
		say("%d", errCode(s.Acquire(ctx, 1)))
	},
	"cancel_frees_those_behind": func() {
		s, c := newSem(2), make(chan string, 2)
		ctx, cancel := context.WithCancel(background)
		s.Acquire(background, 1)
		queueUp(s, ctx, 2, func(err error) { c <- "big" })
		queueUp(s, background, 1, func(err error) { c <- "small" })
		cancel()
		a, b := <-c, <-c
		say("%v", a != b)
	},
	"more_than_size_keeps_nobody_out": func() {
		s, c := newSem(2), make(chan int, 1)
		ctx, cancel := context.WithCancel(background)
		queueUp(s, ctx, 3, func(err error) { c <- errCode(err) })
		say("%v", s.TryAcquire(1))
		cancel()
		say("%d", <-c)
	},
	"more_than_size_waits_for_ever": func() { newSem(2).Acquire(background, 3) },
	"acquire_zero":                  func() { s := newSem(1); s.Acquire(background, 1); say("%d", errCode(s.Acquire(background, 0))) },
}

var boom = errors.New("boom")

var groups = group{
	"all_well": func() {
		g, _ := errgroup.WithContext(background)
		for i := 0; i < 3; i++ {
			g.Go(func() error { return nil })
		}
		say("%v", g.Wait() == nil)
	},
	"empty": func() { g, _ := errgroup.WithContext(background); say("%v", g.Wait() == nil) },
	"first_error": func() {
		g, ctx := errgroup.WithContext(background)
		second := errors.New("second")
		g.Go(func() error { return boom })
		g.Go(func() error { <-ctx.Done(); return second })
		say("%v", g.Wait() == boom)
	},
	"error_cancels": func() {
		g, ctx := errgroup.WithContext(background)
		g.Go(func() error { return boom })
		<-ctx.Done()
		say("%d", code(ctx))
		g.Wait()
	},
	"wait_cancels": func() {
		g, ctx := errgroup.WithContext(background)
		g.Go(func() error { return nil })
		say("%d", code(ctx))
		g.Wait()
		say("%d", code(ctx))
	},
	"wait_waits_for_all": func() {
		g, _ := errgroup.WithContext(background)
		var n atomic.Int32
		for i := 0; i < 5; i++ {
			g.Go(func() error { settle(); n.Add(1); return boom })
		}
		g.Wait()
		say("%d", n.Load())
	},
	"parent_cancels": func() {
		parent, cancel := context.WithCancel(background)
		g, ctx := errgroup.WithContext(parent)
		g.Go(func() error { <-ctx.Done(); return ctx.Err() })
		cancel()
		say("%d", errCode(g.Wait()))
	},
	"limit": func() {
		g, _ := errgroup.WithContext(background)
		g.SetLimit(2)
		var inside, worst atomic.Int32
		for i := 0; i < 10; i++ {
			g.Go(func() error {
				n := inside.Add(1)
				for w := worst.Load(); n > w && !worst.CompareAndSwap(w, n); w = worst.Load() {
				}
				runtime.Gosched()
				inside.Add(-1)
				return nil
			})
		}
		g.Wait()
		say("%v", worst.Load() <= 2)
	},
	"limit_makes_go_wait": func() {
		g, _ := errgroup.WithContext(background)
		g.SetLimit(1)
		var ended atomic.Bool
		g.Go(func() error { settle(); ended.Store(true); return nil })
		g.Go(func() error { return nil })
		say("%v", ended.Load())
		g.Wait()
	},
	"limit_of_none": func() {
		g, _ := errgroup.WithContext(background)
		g.SetLimit(1)
		g.SetLimit(-1)
		var wg sync.WaitGroup
		wg.Add(3)
		for i := 0; i < 3; i++ {
			g.Go(func() error { wg.Done(); wg.Wait(); return nil })
		}
		say("%v", g.Wait() == nil)
	},
	"limit_zero_blocks": func() {
		g, _ := errgroup.WithContext(background)
		g.SetLimit(0)
		g.Go(func() error { return nil })
	},
	"limit_while_active": func() {
		g, _ := errgroup.WithContext(background)
		g.SetLimit(3)
		block := make(chan int)
		g.Go(func() error { <-block; return nil })
		g.Go(func() error { <-block; return nil })
		g.SetLimit(4)
	},
	"limit_set_before_next_round": func() {
		g, _ := errgroup.WithContext(background)
		g.SetLimit(1)
		g.Go(func() error { return nil })
		g.Wait()
		g.SetLimit(2)
		say("%v", g.Wait() == nil)
	},
	"goexit_counts_as_well": func() {
		g, _ := errgroup.WithContext(background)
		g.Go(func() error { runtime.Goexit(); return boom })
		say("%v", g.Wait() == nil)
	},
	"panic_inside": func() {
		g, _ := errgroup.WithContext(background)
		g.Go(func() error { panic("inside") })
		g.Wait()
	},
}
