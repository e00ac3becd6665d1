package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

// JobStatus is how far a job is.
type JobStatus = sandbox.RunStatus

// Job statuses.
const (
	Running   = sandbox.Running
	Succeeded = sandbox.Succeeded
	Failed    = sandbox.Failed
	Canceled  = sandbox.Canceled
)

// Job is a long operation: it goes on when the page that started it is closed, can be canceled, and replays its
// events in order to whoever asks later.
type Job struct {
	ID     string        `json:"id"`
	Title  string        `json:"title"`
	Status JobStatus     `json:"status" enum:"running,succeeded,failed,canceled"`
	Error  *fault.Error  `json:"error,omitempty"`
	Events []event.Event `json:"events"`
}

// Jobs runs long operations and keeps the last of them for replay.
type Jobs struct {
	now    func() time.Time
	notify func(Job, *event.Event)

	mu    sync.Mutex
	count int
	jobs  map[string]*running
	order []string
	wg    sync.WaitGroup
}

type running struct {
	Job
	cancel context.CancelFunc
	done   chan struct{}
}

const (
	keptJobs   = 20
	keptEvents = 5000
)

// NewJobs makes the registry. notify is told of each event (and of a job's begin and end with a nil event), in order per
// job; it must not call back into Jobs.
func NewJobs(now func() time.Time, notify func(Job, *event.Event)) *Jobs {
	return &Jobs{now: now, notify: notify, jobs: map[string]*running{}}
}

// Start runs work in the background and answers the job's id at once.
func (j *Jobs) Start(title string, work func(context.Context, event.Sink) error) string {
	ctx, cancel := context.WithCancel(context.Background())
	j.mu.Lock()
	j.count++
	r := &running{Job: Job{ID: fmt.Sprintf("job-%d", j.count), Title: title, Status: Running}, cancel: cancel, done: make(chan struct{})}
	j.jobs[r.ID] = r
	j.order = append(j.order, r.ID)
	j.forget()
	j.notify(r.summary(), nil)
	j.mu.Unlock()
	j.wg.Add(1)
	go func() {
		defer j.wg.Done()
		defer cancel()
		defer close(r.done)
		err := guard(func() error { return work(ctx, func(e event.Event) { j.record(r, e) }) })
		j.end(r, err, ctx.Err() != nil)
	}()
	return r.ID
}

// guard turns a panic into an error: a broken step must not take the application with it.
func guard(work func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.Internal, "the operation broke: %v", p).Try("please report this, with what you did before")
		}
	}()
	return work()
}

func (j *Jobs) record(r *running, e event.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if r.Status != Running {
		return
	}
	e.Seq, e.Job = int64(len(r.Events)+1), r.ID
	if e.Time.IsZero() {
		e.Time = j.now()
	}
	if n := len(r.Events); n > 0 {
		e.Seq = r.Events[n-1].Seq + 1
	}
	if len(r.Events) >= keptEvents {
		r.Events = slices.Delete(r.Events, 0, keptEvents/10)
	}
	r.Events = append(r.Events, e)
	j.notify(r.summary(), &e)
}

func (j *Jobs) end(r *running, err error, canceled bool) {
	status, text := Succeeded, r.Title+": done"
	switch {
	case err == nil:
	case canceled || errors.Is(err, context.Canceled) || fault.CodeOf(err) == fault.Canceled:
		status, text = Canceled, r.Title+": canceled"
	default:
		status, text = Failed, err.Error()
	}
	done := event.Event{Type: event.Done, Text: text, Data: event.Data{Status: string(status)}}
	if err != nil {
		f := fault.As(err)
		done.Level, done.Node, done.Data.Hint = event.Error, f.Where, f.Hint
	}
	j.record(r, done)
	j.mu.Lock()
	defer j.mu.Unlock()
	r.Status, r.Error = status, fault.As(err)
	j.notify(r.summary(), nil)
}

// Cancel asks a job to stop. It answers at once; the job ends when its work has a verdict.
func (j *Jobs) Cancel(id string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	r, ok := j.jobs[id]
	if !ok {
		return fault.New(fault.NotFound, "there is no job %q", id)
	}
	r.cancel()
	return nil
}

// Get replays a job: its status and all kept events.
func (j *Jobs) Get(id string) (Job, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	r, ok := j.jobs[id]
	if !ok {
		return Job{}, fault.New(fault.NotFound, "there is no job %q", id)
	}
	out := r.Job
	out.Events = slices.Clone(r.Events)
	return out, nil
}

// Wait blocks until a job has ended, and gives its error.
func (j *Jobs) Wait(id string) error {
	j.mu.Lock()
	r, ok := j.jobs[id]
	j.mu.Unlock()
	if !ok {
		return fault.New(fault.NotFound, "there is no job %q", id)
	}
	<-r.done
	if r.Error != nil {
		return r.Error
	}
	return nil
}

// Running tells whether any job is under way.
func (j *Jobs) Running() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.ContainsFunc(j.order, func(id string) bool { return j.jobs[id].Status == Running })
}

// Close cancels all jobs and waits for them.
func (j *Jobs) Close() {
	j.mu.Lock()
	for _, r := range j.jobs {
		r.cancel()
	}
	j.mu.Unlock()
	j.wg.Wait()
}

func (r *running) summary() Job {
	return Job{ID: r.ID, Title: r.Title, Status: r.Status, Error: r.Error}
}

func (j *Jobs) forget() {
	for i := 0; len(j.order) > keptJobs && i < len(j.order); {
		if id := j.order[i]; j.jobs[id].Status != Running {
			delete(j.jobs, id)
			j.order = slices.Delete(j.order, i, i+1)
			continue
		}
		i++
	}
}
