package local

import (
	"context"

	"airloom/backend/cfn"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/sandbox"
	"airloom/backend/sandbox/local/engine"
)

// Apply implements sandbox.Sandbox. It needs the person's word that the project's code may run here: Options.Trust, or one
// given earlier to the same bundle in the same place.
func (s *Sandbox) Apply(ctx context.Context, p sandbox.Plan, sink event.Sink) (sandbox.Deployment, error) {
	if !p.Options.Trust && s.grants.get().Bundle != p.Content.Digest {
		return sandbox.Deployment{}, untrusted()
	}
	h, err := s.own()
	if err != nil {
		return sandbox.Deployment{}, err
	}
	if !s.changing.TryLock() {
		return sandbox.Deployment{}, busy()
	}
	defer s.changing.Unlock()
	e, err := h.engine()
	if err != nil {
		return sandbox.Deployment{}, err
	}
	if lost := p.Destructive(); len(lost) > 0 && !p.Options.Consent {
		return sandbox.Deployment{}, fault.New(fault.Denied, "%s of %s would lose its data", lost[0].Action, lost[0].LogicalID).At(lost[0].Node).
			Try("agree to the destructive changes")
	}
	if e.Head().Bundle != p.Base {
		return sandbox.Deployment{}, fault.New(fault.Conflict, "something else has been deployed since this plan was made").Try("plan again")
	}
	if found := unpacked(p.Content); len(found) > 0 {
		return sandbox.Deployment{}, fault.New(fault.Invalid, "%s", found[0].Message).At(found[0].Node).Try("pack it")
	}
	step := func(text string) { sink(event.Event{Type: event.Step, Level: event.Info, Text: text}) }
	if len(p.Content.Artifacts) > 0 {
		step("package")
		if err := h.keep(p.Content.Artifacts); err != nil {
			return sandbox.Deployment{}, err
		}
	}
	b := store(p.Content, p.Options)
	if err := s.change(ctx, h, e, p.Content.Template, b, sink); err != nil {
		return sandbox.Deployment{}, err
	}
	if len(p.Content.Sites) > 0 {
		step("publish")
		if err := s.publish(ctx, h, p.Content, input(p.Content.Template, b), sink); err != nil {
			return sandbox.Deployment{}, err
		}
	}
	return s.Deployment(ctx)
}

// change brings what is deployed to a bundle that the person has agreed to, and keeps the bundle.
func (s *Sandbox) change(ctx context.Context, h *held, e *engine.Engine, t cfn.Template, b stored, sink event.Sink) error {
	h.run()
	before, had, err := h.deployed()
	if err != nil {
		return err
	}
	err = e.Apply(ctx, input(t, b), sink)
	kept := b
	if err == nil {
		err = h.setDeployed(b)
	} else if kept = before; !had {
		kept = stored{}
	}
	// After a rollback too: what is deployed then is what had been agreed to before.
	if e := s.remember(h, b.Digest); err == nil {
		err = e
	}
	if e := h.world.Tidy(); err == nil {
		err = e
	}
	h.sweep(kept.Artifacts)
	return err
}

func busy() error {
	return fault.New(fault.Conflict, "another change of this sandbox is under way").Try("wait until it has ended")
}

// Reload exchanges the code of functions without a plan: the deployed template with other keys. It is one update like any
// other, so that a failing one is undone and a restart runs the new code.
func (s *Sandbox) Reload(ctx context.Context, list []generate.Artifact) error {
	h, err := s.own()
	if err != nil {
		return err
	}
	if !s.changing.TryLock() {
		return busy()
	}
	defer s.changing.Unlock()
	b, ok, err := h.deployed()
	if err != nil {
		return err
	}
	if !ok {
		return nothing()
	}
	if !h.live.Load() {
		return untrusted()
	}
	t, err := cfn.Parse([]byte(b.Body))
	if err != nil {
		return err
	}
	if err := h.keep(list); err != nil {
		return err
	}
	b.exchange(t, list)
	e, err := h.engine()
	if err != nil {
		return err
	}
	return s.change(ctx, h, e, t, b, event.Discard)
}
