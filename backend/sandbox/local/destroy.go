package local

import (
	"context"
	"errors"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

// Destroy implements sandbox.Sandbox: everything goes, what policies retain as well, and the state folder with it. None of the
// project's code runs for it. A state that cannot be read is removed all the same.
func (s *Sandbox) Destroy(ctx context.Context, opts sandbox.Options, sink event.Sink) error {
	if !s.exists() {
		return nil
	}
	if !opts.Consent {
		return fault.New(fault.Denied, "destroying loses all data of the embedded sandbox").Try("agree to it")
	}
	h, err := s.own()
	if fault.CodeOf(err) == fault.Invalid {
		sink(event.Event{Type: event.Warn, Level: event.Warning, Text: "the state is removed unread: " + err.Error()})
		return s.removeFolder()
	}
	if err != nil {
		return err
	}
	if !s.changing.TryLock() {
		return busy()
	}
	defer s.changing.Unlock()
	e, err := h.engine()
	if err != nil {
		return err
	}
	if err := e.Destroy(ctx, true, sink); err != nil {
		return err
	}
	s.grants.forget()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(nil)
	return errors.Join(h.close(), s.removeFolder())
}
