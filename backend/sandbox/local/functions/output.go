package functions

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"time"
)

const (
	longestLine = 256 << 10 // a log event may have no more: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
	pipeHolds   = 64 << 10
)

// output reads what a process prints, line by line.
type output struct {
	read *os.File
	line func([]byte)
	part []byte // of a line whose end has not come yet; only the reading goroutine touches it

	one  sync.Mutex    // one drain at a time
	dry  chan struct{} // told once after each drain
	done chan struct{} // closed at the end of reading
}

func newOutput(read *os.File, line func([]byte)) *output {
	o := &output{read: read, line: line, dry: make(chan struct{}), done: make(chan struct{})}
	go o.run()
	return o
}

func (o *output) run() {
	defer close(o.done)
	buf := make([]byte, pipeHolds)
	for {
		n, err := o.read.Read(buf)
		o.take(buf[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) {
			_ = o.read.SetReadDeadline(time.Time{}) // it was set a moment ago, so it can be
			o.take(buf[:available(o.read, buf)])
			o.dry <- struct{}{}
			continue
		}
		if err != nil {
			if len(o.part) > 0 {
				o.line(o.part)
			}
			return
		}
	}
}

func (o *output) take(b []byte) {
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\n')
		switch {
		case i >= 0 && len(o.part) == 0:
			o.line(b[:i])
			b = b[i+1:]
		case i >= 0:
			o.line(append(o.part, b[:i]...))
			o.part, b = o.part[:0], b[i+1:]
		default:
			o.part = append(o.part, b...)
			b = nil
		}
		if len(o.part) >= longestLine {
			o.line(o.part)
			o.part = o.part[:0]
		}
	}
}

// drain returns when all that was printed before is logged. A process prints before it answers, so that its lines lie in
// the pipe by then: a passed deadline wakes the reader, which takes what there is without waiting for more.
func (o *output) drain() {
	o.one.Lock()
	defer o.one.Unlock()
	if o.read.SetReadDeadline(time.Unix(1, 0)) != nil {
		time.Sleep(5 * time.Millisecond) // pipes take no deadline here (Windows)
		return
	}
	select {
	case <-o.dry:
	case <-o.done:
	}
}

// close ends the reading: what lies in the pipe is logged, what a stray child prints later is not.
func (o *output) close() {
	o.drain()
	_ = o.read.Close()
	<-o.done
}
