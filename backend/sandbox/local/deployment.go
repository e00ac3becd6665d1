package local

import (
	"context"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
	"airloom/backend/sandbox/local/engine"
)

func nothing() error {
	return fault.New(fault.NotFound, "nothing is deployed in the embedded sandbox").Try("`airloom deploy` deploys")
}

// Deployment implements sandbox.Sandbox. After a restart it starts what is deployed again, where that was agreed to.
func (s *Sandbox) Deployment(ctx context.Context) (sandbox.Deployment, error) {
	if !s.exists() {
		return sandbox.Deployment{}, nothing()
	}
	h, other, err := s.hold()
	if err != nil {
		return sandbox.Deployment{}, err
	}
	if other != nil {
		return other.deployment(ctx)
	}
	e, err := h.engine()
	if err != nil {
		return sandbox.Deployment{}, err
	}
	head := e.Head()
	if head.Status == "" || head.Status == "DELETE_COMPLETE" {
		return sandbox.Deployment{}, nothing()
	}
	if err := s.ready(h); err != nil && fault.CodeOf(err) != fault.Denied {
		return sandbox.Deployment{}, err
	}
	who, err := s.Describe(ctx)
	if err != nil {
		return sandbox.Deployment{}, err
	}
	b, _, err := h.deployed()
	if err != nil {
		return sandbox.Deployment{}, err
	}
	return sandbox.Deployment{Sandbox: who, Status: head.Status, Reason: head.Reason, Bundle: head.Bundle, Outputs: head.Outputs, Resources: e.Resources(),
		URLs: h.urls(e, b), Started: head.Started, Ended: head.Ended}, nil
}

// ready lets what is deployed run, or says why it must not.
func (s *Sandbox) ready(h *held) error {
	ok, err := s.mayRun(h)
	if err != nil {
		return err
	}
	if !ok {
		return untrusted()
	}
	h.run()
	return nil
}

// urls are what a person can open: the outputs that are addresses, and addresses of resources that no output names.
func (h *held) urls(e *engine.Engine, b stored) []sandbox.URL {
	var out []sandbox.URL
	t, err := cfn.Parse([]byte(b.Body))
	if err != nil {
		t = cfn.Template{} // then the titles are plainer
	}
	named := map[string]bool{}
	for _, name := range sortedKeys(e.Head().Outputs) {
		value := e.Head().Outputs[name]
		if !strings.HasPrefix(value, "http://") && !strings.HasPrefix(value, "https://") || strings.HasPrefix(value, h.world.Endpoint()+"/") || named[strings.TrimSuffix(value, "/")] {
			continue
		}
		title := name
		if d := t.Outputs[name].Description; d != "" {
			title = d
		}
		named[strings.TrimSuffix(value, "/")] = true
		out = append(out, sandbox.URL{Node: string(b.Trace[name]), Title: title, URL: value})
	}
	for _, r := range e.Resources() {
		if h.world.Types()[r.Type].Serve == nil {
			continue
		}
		base := h.world.Address(r.LogicalID)
		if !covered(named, base) {
			out = append(out, sandbox.URL{Node: r.Node, Title: r.LogicalID, URL: base})
		}
	}
	return out
}

// covered tells whether an output names an address at this base already.
func covered(named map[string]bool, base string) bool {
	for u := range named {
		if u == base || strings.HasPrefix(u, base+"/") {
			return true
		}
	}
	return false
}
