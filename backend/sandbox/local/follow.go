package local

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"airloom/backend/event"
	"airloom/backend/sandbox"
	"airloom/backend/sandbox/local/logs"
)

const (
	defaultPast  = 15 * time.Minute
	defaultLimit = 1000
)

// Logs implements sandbox.Sandbox. Past lines are read without taking hold of anything.
func (s *Sandbox) Logs(ctx context.Context, q sandbox.LogQuery, sink event.Sink) error {
	if q.Since.IsZero() {
		q.Since = s.Now().Add(-defaultPast)
	}
	q.Limit = cmp.Or(q.Limit, defaultLimit)
	if !q.Follow {
		list, err := logs.Read(filepath.Join(s.Folder, "logs"), logs.Query{Since: q.Since, Newest: q.Limit, Match: matcher(q)})
		tell(list, sink)
		return err
	}
	for {
		if !s.wait(ctx) {
			return nil
		}
		h, other, err := s.hold()
		if err != nil {
			return err
		}
		if other != nil {
			return other.logs(ctx, q, sink)
		}
		if err := follow(ctx, h, q, sink); err != nil {
			return err
		}
		q.Since = time.Time{} // it has been destroyed with all its lines: what comes next is new
	}
}

// wait waits until there is something to follow: following alone takes hold of nothing. It tells whether to go on.
func (s *Sandbox) wait(ctx context.Context) bool {
	for {
		s.mu.Lock()
		there, changed, closed := s.held != nil, s.changed, s.closed
		s.mu.Unlock()
		if closed || ctx.Err() != nil {
			return false
		}
		if there || s.exists() {
			return true
		}
		select {
		case <-ctx.Done():
		case <-changed:
		case <-s.After(time.Second): // another process may deploy
		}
	}
}

// follow tells the past and goes on until ctx ends, or nothing is held any more.
func follow(ctx context.Context, h *held, q sandbox.LogQuery, sink event.Sink) error {
	// What comes while the past is read is told after it, once.
	last, bell := h.logs.Last()
	list, err := h.logs.Read(logs.Query{Since: q.Since, Newest: q.Limit, Match: matcher(q)})
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(e logs.Entry) bool { return e.Seq > last })
	for {
		tell(list, sink)
		select {
		case <-ctx.Done():
			return nil
		case <-h.gone:
			return nil
		case <-bell:
		}
		var newest int64
		newest, bell = h.logs.Last()
		if list, err = h.logs.Read(logs.Query{After: last, Match: matcher(q)}); err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(e logs.Entry) bool { return e.Seq > newest })
		last = newest
	}
}

func matcher(q sandbox.LogQuery) func(logs.Entry) bool {
	return func(e logs.Entry) bool {
		return (q.Node == "" || e.Node == q.Node) && strings.Contains(e.Text, q.Filter)
	}
}

func tell(list []logs.Entry, sink event.Sink) {
	for _, e := range list {
		sink(event.Event{Time: e.Time, Type: event.Log, Node: e.Node, Level: event.Level(cmp.Or(e.Level, "info")), Text: e.Text, Data: event.Data{RequestID: e.RequestID}})
	}
}
