package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"airloom/backend/event"
	"airloom/backend/fault"
)

func newJobs() (*Jobs, chan Job) {
	ended := make(chan Job, 10)
	clock := func() time.Time { return time.Unix(0, 0) }
	return NewJobs(clock, func(j Job, e *event.Event) {
		if e == nil && j.Status != Running {
			ended <- j
		}
	}), ended
}

func TestAJobReplaysItsEventsInOrder(t *testing.T) {
	jobs, ended := newJobs()
	id := jobs.Start("deploy", func(_ context.Context, sink event.Sink) error {
		sink(event.Event{Type: event.Step, Text: "package"})
		sink(event.Event{Type: event.Step, Text: "execute"})
		return nil
	})
	if j := <-ended; j.Status != Succeeded {
		t.Fatalf("status %s", j.Status)
	}
	j, err := jobs.Get(id)
	if err != nil || len(j.Events) != 3 {
		t.Fatalf("%v, %d events", err, len(j.Events))
	}
	for i, e := range j.Events {
		if e.Seq != int64(i+1) || e.Job != id {
			t.Errorf("event %d: seq %d job %s", i, e.Seq, e.Job)
		}
	}
	if last := j.Events[2]; last.Type != event.Done || last.Data.Status != "succeeded" {
		t.Errorf("last event %+v", last)
	}
}

func TestACanceledJobIsToldSo(t *testing.T) {
	jobs, ended := newJobs()
	begun := make(chan struct{})
	id := jobs.Start("deploy", func(ctx context.Context, _ event.Sink) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	})
	<-begun
	if err := jobs.Cancel(id); err != nil {
		t.Fatal(err)
	}
	if j := <-ended; j.Status != Canceled {
		t.Fatalf("status %s", j.Status)
	}
}

func TestAPanicFailsTheJobOnly(t *testing.T) {
	jobs, ended := newJobs()
	jobs.Start("deploy", func(context.Context, event.Sink) error { panic("broken") })
	if j := <-ended; j.Status != Failed || j.Error.Code != fault.Internal {
		t.Fatalf("%+v", j)
	}
}

func TestWaitGivesTheErrorOfTheWork(t *testing.T) {
	jobs, _ := newJobs()
	id := jobs.Start("deploy", func(context.Context, event.Sink) error { return errors.New("no") })
	if err := jobs.Wait(id); err == nil || err.Error() != "no" {
		t.Fatalf("got %v", err)
	}
	if err := jobs.Wait("job-99"); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("got %v", err)
	}
}
