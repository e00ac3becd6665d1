package local

import (
	"context"
	"strings"
	"testing"
	"time"

	"airloom/backend/event"
	"airloom/backend/sandbox"
)

func logged(t *testing.T, s *Sandbox, q sandbox.LogQuery) string {
	t.Helper()
	var out []string
	if err := s.Logs(context.Background(), q, func(e event.Event) { out = append(out, e.Node+" "+string(e.Level)+" "+e.Data.RequestID+" "+e.Text) }); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, "\n")
}

func TestLogs(t *testing.T) {
	p := newProject(t)
	s := p.open()
	d := deploy(t, s, bundle(p.zip("one"), "hello"))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	followed := make(chan event.Event, 100)
	go func() {
		_ = s.Logs(ctx, sandbox.LogQuery{Node: "worker", Follow: true}, func(e event.Event) { followed <- e })
		close(followed)
	}()
	call(t, s, "Invoke", resource(d, "Worker").ARN)
	var lines []event.Event
	for len(lines) < 2 {
		select {
		case e := <-followed:
			lines = append(lines, e)
		case <-time.After(10 * time.Second):
			t.Fatal("nothing followed")
		}
	}
	if !strings.Contains(lines[0].Text, "on AWS these lines would be lost") || !strings.HasPrefix(lines[1].Text, "ran ") || lines[1].Data.RequestID == "" || lines[1].Type != event.Log {
		t.Fatalf("followed %+v", lines)
	}
	text := logged(t, s, sandbox.LogQuery{Node: "counter"})
	if text != "counter info  started Counter" {
		t.Fatalf("by node: %s", text)
	}
	if text := logged(t, s, sandbox.LogQuery{Filter: "ran "}); !strings.HasPrefix(text, "worker info ") {
		t.Fatalf("by text: %s", text)
	}
	if text := logged(t, s, sandbox.LogQuery{Since: time.Now().Add(time.Hour)}); text != "" {
		t.Fatalf("of the future: %s", text)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range followed { // following ends with the sandbox
	}
	s = p.open()
	if text := logged(t, s, sandbox.LogQuery{Node: "worker"}); !strings.Contains(text, "ran ") {
		t.Fatalf("after a restart: %s", text)
	}
	if s.held != nil {
		t.Fatal("reading the past took hold of the sandbox")
	}
}

// Following alone makes nothing; it sees what is deployed later, and again after it was destroyed.
func TestFollowBeforeAnythingIsDeployed(t *testing.T) {
	p := newProject(t)
	s := p.open()
	ctx, cancel := context.WithCancel(context.Background())
	lines, ended := make(chan string, 100), make(chan error, 1)
	go func() {
		ended <- s.Logs(ctx, sandbox.LogQuery{Node: "counter", Follow: true}, func(e event.Event) { lines <- e.Text })
	}()
	time.Sleep(5 * time.Millisecond)
	if s.exists() {
		t.Fatal("following made the state folder")
	}
	for range 2 {
		deploy(t, s, bundle(p.zip("one"), "hello"))
		if line := <-lines; line != "started Counter" {
			t.Fatal(line)
		}
		if err := s.Destroy(ctx, sandbox.Options{Consent: true}, event.Discard); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}
