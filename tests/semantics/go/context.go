package main

import (
	"context"
	"time"
)

type key int

// The error as goro has it: 0, 1 canceled, 2 deadline exceeded.
func code(ctx context.Context) int {
	switch ctx.Err() {
	case context.Canceled:
		return 1
	case context.DeadlineExceeded:
		return 2
	}
	return 0
}

func isDone(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

var background = context.Background()

var contexts = group{
	"background": func() { say("%v %d %v", background.Done() == nil, code(background), background.Value(key(1)) == nil) },
	"err_before_and_after_cancel": func() {
		ctx, cancel := context.WithCancel(background)
		say("%d %v", code(ctx), isDone(ctx))
		cancel()
		say("%d %v", code(ctx), isDone(ctx))
	},
	"cancel_twice": func() {
		ctx, cancel := context.WithCancel(background)
		cancel()
		cancel()
		say("%d", code(ctx))
	},
	"parent_cancels_child": func() {
		parent, cancel := context.WithCancel(background)
		child, _ := context.WithCancel(parent)
		grandchild, _ := context.WithTimeout(child, time.Hour)
		cancel()
		say("%d %d %d", code(parent), code(child), code(grandchild))
	},
	"child_leaves_parent": func() {
		parent, _ := context.WithCancel(background)
		child, cancel := context.WithCancel(parent)
		sibling, _ := context.WithCancel(parent)
		cancel()
		say("%d %d %d", code(parent), code(child), code(sibling))
	},
	"child_of_cancelled": func() {
		parent, cancel := context.WithCancel(background)
		cancel()
		child, _ := context.WithCancel(parent)
		say("%d %v", code(child), isDone(child))
	},
	"timeout": func() {
		ctx, _ := context.WithTimeout(background, time.Millisecond)
		<-ctx.Done()
		say("%d", code(ctx))
	},
	"timeout_zero":     func() { ctx, _ := context.WithTimeout(background, 0); say("%d %v", code(ctx), isDone(ctx)) },
	"timeout_negative": func() { ctx, _ := context.WithTimeout(background, -time.Hour); say("%d", code(ctx)) },
	"deadline_in_past": func() {
		ctx, _ := context.WithDeadline(background, time.Now().Add(-time.Second))
		say("%d", code(ctx))
	},
	"deadline_of_parent_is_earlier": func() {
		parent, _ := context.WithTimeout(background, time.Millisecond)
		child, _ := context.WithTimeout(parent, time.Hour)
		<-child.Done()
		say("%d", code(child))
	},
	"deadline_of_child_is_earlier": func() {
		parent, _ := context.WithTimeout(background, time.Hour)
		child, _ := context.WithTimeout(parent, time.Millisecond)
		<-child.Done()
		say("%d %d", code(parent), code(child))
	},
	"deadline_reaches_descendants": func() {
		parent, _ := context.WithTimeout(background, time.Millisecond)
		child, _ := context.WithCancel(context.WithValue(parent, key(1), 1))
		<-child.Done()
		say("%d", code(child))
	},
	"cancel_before_timeout": func() {
		ctx, cancel := context.WithTimeout(background, time.Hour)
		cancel()
		say("%d", code(ctx))
	},
	"cancel_after_timeout": func() {
		ctx, cancel := context.WithTimeout(background, 0)
		cancel()
		say("%d", code(ctx))
	},
	"timeout_under_cancelled": func() {
		parent, cancel := context.WithCancel(background)
		cancel()
		child, _ := context.WithTimeout(parent, 0)
		say("%d", code(child))
	},
	"value": func() {
		ctx := context.WithValue(background, key(1), 10)
		say("%v %v", ctx.Value(key(1)), ctx.Value(key(2)) == nil)
	},
	"value_shadows": func() {
		ctx := context.WithValue(background, key(1), 10)
		child := context.WithValue(ctx, key(1), 20)
		say("%v %v", ctx.Value(key(1)), child.Value(key(1)))
	},
	"value_through_descendants": func() {
		ctx := context.WithValue(background, key(1), 10)
		child, cancel := context.WithCancel(ctx)
		grandchild := context.WithValue(child, key(2), 20)
		cancel()
		say("%v %v", grandchild.Value(key(1)), grandchild.Value(key(2)))
	},
	"value_is_cancelled_with_parent": func() {
		parent, cancel := context.WithCancel(background)
		ctx := context.WithValue(parent, key(1), 1)
		cancel()
		say("%d %v", code(ctx), isDone(ctx))
	},
	"value_without_key": func() { context.WithValue(background, nil, 1) },
	"nil_parent":        func() { context.WithCancel(nil) },
	"cancel_wakes_all": func() {
		ctx, cancel := context.WithCancel(background)
		done := make(chan int)
		for i := 0; i < 5; i++ {
			go func() { <-ctx.Done(); done <- code(ctx) }()
		}
		settle()
		cancel()
		sum := 0
		for i := 0; i < 5; i++ {
			sum += <-done
		}
		say("%d", sum)
	},
	"done_is_one_channel":    func() { ctx, _ := context.WithCancel(background); say("%v", ctx.Done() == ctx.Done()) },
	"waiting_for_background": func() { <-background.Done() },
}
