package main

import (
	"sync/atomic"
	"time"
)

// Waits until a timer that was started d ago or more has fired.
func pass(d time.Duration) { time.Sleep(d + time.Millisecond); settle() }

func received(c <-chan time.Time) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

var timers = group{
	"fires":      func() { t := time.NewTimer(time.Millisecond); <-t.C; say("fired") },
	"fires_once": func() { t := time.NewTimer(0); <-t.C; pass(0); say("%v", received(t.C)) },
	"fires_not_early": func() {
		s := time.Now()
		<-time.NewTimer(3 * time.Millisecond).C
		say("%v", time.Since(s) >= 3*time.Millisecond)
	},
	"zero":               func() { <-time.NewTimer(0).C; say("fired") },
	"negative":           func() { <-time.NewTimer(-time.Hour).C; say("fired") },
	"stop_active":        func() { t := time.NewTimer(time.Hour); say("%v", t.Stop()) },
	"stop_stopped":       func() { t := time.NewTimer(time.Hour); t.Stop(); say("%v", t.Stop()) },
	"stop_received":      func() { t := time.NewTimer(0); <-t.C; say("%v", t.Stop()) },
	"stop_unreceived":    func() { t := time.NewTimer(0); pass(0); say("%v %v", t.Stop(), received(t.C)) },
	"stop_uninitialised": func() { var t time.Timer; t.Stop() },
	"reset_active":       func() { t := time.NewTimer(time.Hour); say("%v", t.Reset(0)); <-t.C; say("fired") },
	"reset_stopped":      func() { t := time.NewTimer(time.Hour); t.Stop(); say("%v", t.Reset(0)); <-t.C; say("fired") },
	"reset_received":     func() { t := time.NewTimer(0); <-t.C; say("%v", t.Reset(0)); <-t.C; say("fired") },
	"reset_unreceived":   func() { t := time.NewTimer(0); pass(0); say("%v %v", t.Reset(time.Hour), received(t.C)) },
	"reset_unreceived_fires_once": func() {
		t := time.NewTimer(0)
		pass(0)
		t.Reset(0)
		<-t.C
		pass(0)
		say("%v", received(t.C))
	},
	"reset_uninitialised": func() { var t time.Timer; t.Reset(0) },
	"len_and_cap":         func() { t := time.NewTimer(0); pass(0); say("%d %d", len(t.C), cap(t.C)) },
	"stopped_never_fires": func() {
		t := time.NewTimer(time.Millisecond)
		t.Stop()
		pass(time.Millisecond)
		say("%v", received(t.C))
	},
	"shorter_fires_first": func() {
		a, b := time.NewTimer(time.Hour), time.NewTimer(time.Millisecond)
		select {
		case <-a.C:
			say("a")
		case <-b.C:
			say("b")
		}
	},
	"stopped_is_no_hope":  func() { t := time.NewTimer(time.Hour); t.Stop(); <-t.C },
	"func_runs":           func() { c := make(chan int); time.AfterFunc(0, func() { c <- 1 }); say("%d", <-c) },
	"func_has_no_channel": func() { t := time.AfterFunc(time.Hour, func() {}); say("%v", t.C == nil) },
	"func_stop_before": func() {
		var ran atomic.Bool
		t := time.AfterFunc(time.Hour, func() { ran.Store(true) })
		say("%v %v", t.Stop(), ran.Load())
	},
	"func_stopped_never_runs": func() {
		var ran atomic.Bool
		t := time.AfterFunc(2*time.Millisecond, func() { ran.Store(true) })
		for !t.Stop() { // unless we are late
			ran.Store(false)
			t.Reset(2 * time.Millisecond)
		}
		pass(2 * time.Millisecond)
		say("%v", ran.Load())
	},
	"func_stop_after": func() {
		c := make(chan int)
		t := time.AfterFunc(0, func() { c <- 1 })
		<-c
		say("%v", t.Stop())
	},
	"func_stop_while_running": func() {
		begun, end := make(chan int), make(chan int)
		t := time.AfterFunc(0, func() { begun <- 1; <-end; begun <- 2 })
		<-begun
		say("%v", t.Stop())
		end <- 1
		say("%d", <-begun)
	},
	"func_reset_before": func() {
		c := make(chan int)
		t := time.AfterFunc(time.Hour, func() { c <- 1 })
		say("%v %d", t.Reset(0), <-c)
	},
	"func_reset_after": func() {
		c := make(chan int)
		t := time.AfterFunc(0, func() { c <- 1 })
		<-c
		say("%v %d", t.Reset(0), <-c)
	},
	"func_is_a_goroutine": func() {
		block, begun := make(chan int), make(chan int)
		time.AfterFunc(0, func() { begun <- 1; <-block })
		time.AfterFunc(0, func() { begun <- 1; <-block })
		say("%d", <-begun+<-begun)
	},
	"sleep_zero":     func() { time.Sleep(0); say("back") },
	"sleep_negative": func() { time.Sleep(-time.Hour); say("back") },
	"sleep_is_not_deadlock": func() {
		c := make(chan int)
		go func() { time.Sleep(3 * time.Millisecond); c <- 1 }()
		say("%d", <-c)
	},
	"sleep_at_least": func() {
		s := time.Now()
		time.Sleep(2 * time.Millisecond)
		say("%v", time.Since(s) >= 2*time.Millisecond)
	},
}

var tickers = group{
	"ticks":               func() { t := time.NewTicker(time.Millisecond); <-t.C; <-t.C; <-t.C; say("three") },
	"zero":                func() { time.NewTicker(0) },
	"negative":            func() { time.NewTicker(-1) },
	"reset_zero":          func() { time.NewTicker(time.Hour).Reset(0) },
	"reset_uninitialised": func() { var t time.Ticker; t.Reset(time.Second) },
	"stop_uninitialised":  func() { var t time.Ticker; t.Stop(); say("back") },
	"len_and_cap": func() {
		t := time.NewTicker(time.Millisecond)
		pass(3 * time.Millisecond)
		say("%d %d", len(t.C), cap(t.C))
	},
	"keeps_one_tick_at_most": func() {
		t := time.NewTicker(50 * time.Millisecond)
		pass(500 * time.Millisecond)
		n := 0
		for received(t.C) {
			n++
		}
		say("%v", n >= 1 && n <= 3)
	},
	"stop_drops_tick": func() {
		t := time.NewTicker(time.Millisecond)
		pass(10 * time.Millisecond)
		t.Stop()
		say("%v", received(t.C))
	},
	"stop_ends_ticks": func() {
		t := time.NewTicker(time.Millisecond)
		<-t.C
		t.Stop()
		pass(3 * time.Millisecond)
		say("%v", received(t.C))
	},
	"stop_does_not_close": func() {
		t := time.NewTicker(time.Hour)
		t.Stop()
		select {
		case <-t.C:
			say("closed")
		default:
			say("open")
		}
	},
	"reset":         func() { t := time.NewTicker(time.Hour); t.Reset(time.Millisecond); <-t.C; <-t.C; say("two") },
	"reset_stopped": func() { t := time.NewTicker(time.Hour); t.Stop(); t.Reset(time.Millisecond); <-t.C; say("one") },
	"reset_drops_tick": func() {
		t := time.NewTicker(time.Millisecond)
		pass(2 * time.Millisecond)
		t.Reset(time.Hour)
		say("%v", received(t.C))
	},
	"stopped_is_no_hope": func() { t := time.NewTicker(time.Hour); t.Stop(); <-t.C },
}
