package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"

	"airloom/app"
	"airloom/backend/event"
)

// stream listens to a world's events over a real connection.
func stream(t *testing.T, w *world) (next func() app.Message, stop func()) {
	t.Helper()
	s := httptest.NewUnstartedServer(w.handler)
	w.handler.(*guard).hosts = append(w.handler.(*guard).hosts, s.Listener.Addr().String())
	s.Start()
	ctx, cancel := context.WithCancel(t.Context())
	r := must(http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/events?token="+token, nil))
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%v %+v", err, answer)
	}
	lines := bufio.NewScanner(answer.Body)
	next = func() (m app.Message) {
		t.Helper()
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(text), &m); err != nil {
					t.Fatal(err)
				}
				return m
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return m
	}
	if m := next(); m.Kind != "hello" {
		t.Fatalf("began with %+v", m)
	}
	return next, func() { cancel(); answer.Body.Close(); s.Close() }
}

// A page hears of commits, jobs, events and log lines in their order, and other pages of the same.
func TestPagesHearTheSameInOrder(t *testing.T) {
	w := newWorld(t, false)
	one, stopOne := stream(t, w)
	defer stopOne()
	two, stopTwo := stream(t, w)
	defer stopTwo()

	if out := w.call("edit", inputs(t)["edit"]); out.Code != 200 {
		t.Fatalf("%d %s", out.Code, out.Body)
	}
	w.call("plan", sandboxIn{"local"})
	job := decode[jobOut](t, w.call("deploy", deployIn{Sandbox: "local", Plan: "plan-1", Trust: true})).Job
	if err := w.app.Jobs().Wait(job); err != nil {
		t.Fatal(err)
	}
	for _, next := range []func() app.Message{one, two} {
		if m := next(); m.Kind != "commit" || m.Commit.Revision != 1 || !m.Commit.Saved {
			t.Fatalf("%+v", m)
		}
		if m := next(); m.Kind != "job" || m.Job.ID != job || m.Job.Status != app.Running {
			t.Fatalf("%+v", m)
		}
		var seq int64
		for m := next(); ; m = next() {
			if m.Kind == "job" {
				if m.Job.Status != app.Succeeded {
					t.Fatalf("%+v", m.Job)
				}
				break
			}
			if m.Kind != "event" || m.Event.Job != job || m.Event.Seq != seq+1 {
				t.Fatalf("after %d: %+v", seq, m.Event)
			}
			seq = m.Event.Seq
		}
		if seq < 3 {
			t.Fatalf("only %d events", seq)
		}
	}
}

// Log lines are told once they are followed, and asking twice does not tell them twice.
func TestFollowedLogLinesAreTold(t *testing.T) {
	w := newWorld(t, false)
	next, stop := stream(t, w)
	defer stop()
	for range 2 {
		if out := w.call("follow", sandboxIn{"local"}); out.Code >= 300 {
			t.Fatalf("%d %s", out.Code, out.Body)
		}
	}
	sinks := func() int {
		w.place.mu.Lock()
		defer w.place.mu.Unlock()
		return len(w.place.sinks)
	}
	for sinks() == 0 {
		runtime.Gosched()
	}
	w.place.sinks[0](event.Event{Type: event.Log, Node: "box", Text: "first"})
	w.place.sinks[0](event.Event{Type: event.Log, Node: "box", Text: "second"})
	for _, want := range []string{"first", "second"} {
		if m := next(); m.Kind != "event" || m.Event.Type != event.Log || m.Event.Text != want {
			t.Fatalf("%+v", m)
		}
	}
	if n := sinks(); n != 1 {
		t.Fatalf("followed %d times", n)
	}
}

// A page that does not read is cut off, and keeps nobody waiting.
func TestASlowPageIsCutOff(t *testing.T) {
	h := newHub(boot)
	slow, fast := h.join(), h.join()
	got := make(chan int)
	go func() {
		n := 0
		for range fast {
			n++
		}
		got <- n
	}()
	const sent = 10_000
	for i := range sent {
		h.send(map[string]int{"n": i})
		for len(fast) > 1000 { // this one reads
			runtime.Gosched()
		}
	}
	n := 0
	for range slow {
		n++
	}
	if n != cap(slow) {
		t.Errorf("the slow page got %d of %d", n, cap(slow))
	}
	h.mu.Lock()
	close(fast)
	delete(h.pages, fast)
	left := len(h.pages)
	h.mu.Unlock()
	if n := <-got; n != sent || left != 0 {
		t.Errorf("the fast page got %d, %d pages are left", n, left)
	}
}

// Pages come and go while messages are sent.
func TestPagesComeAndGo(t *testing.T) {
	h := newHub(boot)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			r := httptest.NewRequest(http.MethodGet, "/events", nil).WithContext(ctx)
			out := &notify{ResponseRecorder: httptest.NewRecorder(), wrote: func(text string) {
				if strings.Contains(text, fmt.Sprint(i)) || strings.Contains(text, "hello") {
					cancel()
				}
			}}
			h.ServeHTTP(out, r)
			cancel()
		})
		h.send(map[string]string{"kind": fmt.Sprint(i)})
	}
	wg.Wait()
	if len(h.pages) != 0 {
		t.Errorf("%d pages are left", len(h.pages))
	}
}

type notify struct {
	*httptest.ResponseRecorder
	wrote func(string)
}

func (n *notify) Write(b []byte) (int, error) {
	n.wrote(string(b))
	return n.ResponseRecorder.Write(b)
}

// A project's name and a log line may hold anything: a message stays one line of the stream.
func TestMessagesStayOneLine(t *testing.T) {
	h := newHub("x\n\ndata: {}\n\n")
	ctx, cancel := context.WithCancel(t.Context())
	out := &notify{ResponseRecorder: httptest.NewRecorder(), wrote: func(text string) {
		if strings.Contains(text, "evil") {
			cancel()
		}
	}}
	done := make(chan struct{})
	go func() {
		h.ServeHTTP(out, httptest.NewRequest(http.MethodGet, "/events", nil).WithContext(ctx))
		close(done)
	}()
	for {
		h.mu.Lock()
		n := len(h.pages)
		h.mu.Unlock()
		if n == 1 {
			break
		}
		runtime.Gosched()
	}
	h.send(app.Message{Kind: "event", Event: &event.Event{Text: "evil\n\ndata: {\"kind\":\"hello\"}\r\n\r\n\u2028"}})
	<-done
	if n := strings.Count(out.Body.String(), "data: "); n != 4 || strings.Count(out.Body.String(), "\n\n") != 2 {
		t.Errorf("%d messages in %q", n, out.Body)
	}
}
