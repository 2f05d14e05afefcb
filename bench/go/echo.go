package main

import (
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

const connections, size, others = 10000, 64, 100

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func serve(c net.Conn) {
	buffer := make([]byte, size)
	for {
		n, err := c.Read(buffer)
		if err != nil {
			break
		}
		_, err = c.Write(buffer[:n])
		check(err)
	}
	c.Close()
}

func acceptAll(l net.Listener, n int) {
	for i := 0; i < n; i++ {
		c, err := l.Accept()
		check(err)
		go serve(c)
	}
}

func talk(address string, rounds int, connected, done *sync.WaitGroup, begin chan struct{}) {
	out, in := make([]byte, size), make([]byte, size)
	c, err := net.Dial("tcp", address)
	check(err)
	connected.Done()
	<-begin
	for i := 0; i < rounds; i++ {
		_, err = c.Write(out)
		check(err)
		_, err = io.ReadFull(c, in)
		check(err)
	}
	done.Done()
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
}

func mostConnections() int {
	var l syscall.Rlimit
	more := syscall.Rlimit{Cur: 2*connections + others, Max: 2*connections + others}
	syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l)
	if l.Cur < more.Cur && syscall.Setrlimit(syscall.RLIMIT_NOFILE, &more) != nil {
		l.Cur = l.Max
		syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l)
	}
	syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l)
	if l.Cur < more.Cur {
		return int(l.Cur-others) / 2
	}
	return connections
}

func main() {
	conns := mostConnections()
	rounds := count(200000)/conns + 1
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	begin := make(chan struct{})
	var connected, done sync.WaitGroup

	before, start := residentBytes(), time.Now()
	go acceptAll(l, conns)
	connected.Add(conns)
	done.Add(conns)
	for i := 0; i < conns; i++ {
		go talk(l.Addr().String(), rounds, &connected, &done, begin)
	}
	connected.Wait()
	report("echo_connect", time.Since(start), conns)

	used, start := cpu(), time.Now()
	close(begin)
	done.Wait()
	report("echo_rtt", time.Since(start), conns*rounds)
	report("echo_rtt_cpu", cpu()-used, conns*rounds)
	report("echo_bytes", time.Duration(residentBytes()-before), conns)
}
