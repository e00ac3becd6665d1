package local

import (
	"context"
	"slices"

	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

// Plan implements sandbox.Sandbox. Everything that cannot be done here is refused by name, before anything starts.
func (s *Sandbox) Plan(ctx context.Context, b generate.Bundle, opts sandbox.Options) (sandbox.Plan, error) {
	who, err := s.Describe(ctx)
	if err != nil {
		return sandbox.Plan{}, err
	}
	h, err := s.own()
	if err != nil {
		return sandbox.Plan{}, err
	}
	e, err := h.engine()
	if err != nil {
		return sandbox.Plan{}, err
	}
	preview, err := e.Plan(input(b.Template, store(b, opts)))
	if err != nil {
		return sandbox.Plan{}, err
	}
	p := sandbox.Plan{Sandbox: who, Method: preview.Method, Changes: preview.Changes, Notes: preview.Notes, Bundle: b.Digest, Base: e.Head().Bundle,
		Options: opts, Content: b}
	p.Refusals = slices.Concat(unpacked(b), preview.Refusals, h.functions.Missing(b.Units))
	p.Notes = append(p.Notes, differences(b.Units)...)
	p.Notes = append(p.Notes, h.functions.Warnings(b.Units)...)
	if len(opts.Only) > 0 {
		p.Notes = append(p.Notes, "the embedded sandbox deploys the whole system: choosing nodes saves nothing here")
	}
	p.Applyable = len(p.Refusals) == 0
	if p.Method != "none" {
		return p, nil
	}
	changed, err := s.changedSites(h, b.Sites)
	if err != nil {
		return sandbox.Plan{}, err
	}
	for _, site := range changed {
		p.Method = "update"
		p.Notes = append(p.Notes, "the files of "+string(site.Node)+" are published again")
	}
	if ok, err := s.mayRun(h); err != nil {
		return sandbox.Plan{}, err
	} else if !ok && len(p.Changes) > 0 {
		p.Method = "update"
		p.Notes = append(p.Notes, "nothing changes, but what is deployed does not run: its code has not been agreed to in this place")
	}
	return p, nil
}

// unpacked refuses code that no packer has made a zip of.
func unpacked(b generate.Bundle) []fault.Finding {
	var out []fault.Finding
	for _, u := range b.Units {
		if !slices.ContainsFunc(b.Artifacts, func(a generate.Artifact) bool { return a.Node == u.Node && validKey(a.Key) }) {
			out = append(out, fault.Finding{Rule: "unpacked", Severity: fault.Blocking, Node: string(u.Node), Message: "the code of " + u.Name + " is not packed", Hint: "pack it"})
		}
	}
	return out
}

// differences are what this machine makes different in the bundle itself: the architecture of native code, and nothing else.
func differences(units []kind.Unit) []string {
	for _, u := range units {
		if u.Arch != "" && u.Arch != hostArch() {
			return []string{"native code is built for this machine (" + hostArch() + "), not for " + u.Arch + ": it is the only difference to the bundle for an AWS account"}
		}
	}
	return nil
}
