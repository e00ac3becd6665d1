package functions

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"time"
)

const (
	tailKept   = 4 << 10  // of an invocation's log, for the caller
	outputKept = 10 << 20 // of what a function prints during one event; the rest is counted
)

// stream is the log stream of one environment: what its process prints, between the lines that Lambda adds.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html
type stream struct {
	e    *environment
	name string

	mu      sync.Mutex
	request string // whose lines they are
	tail    []byte
	room    int // bytes that may be printed still
	dropped int
	init    time.Duration // of the initialisation that the next report tells; 0: it was told
}

func newStream(e *environment) *stream {
	return &stream{e: e, name: e.host.deps.Now().UTC().Format("2006/01/02") + "/[$LATEST]" + e.id, room: outputKept}
}

// stamp is how Lambda writes times within lines.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// begin says which request the lines belong to from now on.
func (s *stream) begin(request string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.request, s.tail, s.room = request, nil, outputKept
}

func (s *stream) start(request string) { s.print("START RequestId: " + request + " Version: $LATEST") }

func (s *stream) ready(took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.init = took
}

func (s *stream) notReady(took time.Duration, phase, status string) {
	s.print(fmt.Sprintf("INIT_REPORT Init Duration: %s ms\tPhase: %s\tStatus: %s", millis(took), phase, status))
}

// end writes the report and gives the end of the request's log. Since August 2025 initialisation is billed too.
// https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
func (s *stream) end(request string, a answer, took time.Duration) string {
	s.mu.Lock()
	init, dropped := s.init, s.dropped
	s.init, s.dropped = 0, 0
	s.mu.Unlock()
	if dropped > 0 {
		s.print(fmt.Sprintf("[airloom] %d bytes of output were dropped: one event may print %d", dropped, outputKept))
	}
	s.print("END RequestId: " + request)
	report := fmt.Sprintf("REPORT RequestId: %s\tDuration: %s ms\tBilled Duration: %d ms\tMemory Size: %d MB",
		request, millis(took), int(math.Ceil((took+init).Seconds()*1000)), s.e.spec.MemoryMB)
	if peak := s.e.peak() >> 20; peak > 0 {
		report += fmt.Sprintf("\tMax Memory Used: %d MB", min(peak, int64(s.e.spec.MemoryMB)))
	}
	if init > 0 {
		report += "\tInit Duration: " + millis(init) + " ms"
	}
	if a.status != "" {
		report += "\tStatus: " + a.status
	}
	if a.status == "error" && a.class != "" {
		report += "\tError Type: " + a.class
	}
	s.print(report)
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.ToValidUTF8(string(s.tail[max(0, len(s.tail)-tailKept):]), "")
}

func millis(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d.Microseconds())/1000) }

// line takes what the process printed, one line without its end. A carriage return within it is a line feed of a message that
// a bootstrap kept together.
func (s *stream) line(text []byte) {
	s.mu.Lock()
	if len(text) > s.room {
		s.dropped += len(text)
		s.mu.Unlock()
		return
	}
	s.room -= len(text)
	s.mu.Unlock()
	s.print(strings.ReplaceAll(strings.ToValidUTF8(strings.TrimRight(string(text), "\r"), "\uFFFD"), "\r", "\n"))
}

// print adds one event.
func (s *stream) print(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tail = append(append(s.tail, text...), '\n')
	if over := len(s.tail) - 2*tailKept; over > tailKept {
		s.tail = append(s.tail[:0], s.tail[len(s.tail)-tailKept:]...)
	}
	spec := s.e.spec
	// Within the lock: the events of a stream are told in order.
	s.e.host.deps.Log(Line{ARN: spec.ARN, Node: spec.Node, Group: spec.LogGroup, Stream: s.name, RequestID: s.request, Text: text, Time: s.e.host.deps.Now()})
}
