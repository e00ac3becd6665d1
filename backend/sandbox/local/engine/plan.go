package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

// Preview is what Apply would do.
type Preview struct {
	Method   string           // "create", "update" or "none"
	Changes  []sandbox.Change // sorted by logical id; kept ones included
	Refusals []fault.Finding  // everything that cannot be done here, by name; with any, Apply refuses
	Notes    []string
}

// Plan compares the input with what is deployed; it changes nothing. The error is about the input as a whole
// (parameters, circles); what the sandbox cannot do is listed in the refusals, all of it.
func (e *Engine) Plan(in Input) (Preview, error) {
	p, err := e.prepare(in)
	if err != nil {
		return Preview{}, err
	}
	return p.preview, nil
}

// prepared is an input that has been looked through.
type prepared struct {
	in      Input
	env     *cfn.Env
	graph   cfn.Graph
	order   []string
	preview Preview
}

func (e *Engine) prepare(in Input) (*prepared, error) {
	if problems := cfn.Unresolved(in.Template); len(problems) > 0 {
		var lines []string
		for _, problem := range problems {
			lines = append(lines, problem.Path+": "+problem.Message)
		}
		return nil, fault.New(fault.Invalid, "the template is not whole: %s", strings.Join(lines, "; ")).At(string(in.Trace[problems[0].LogicalID]))
	}
	env, err := cfn.NewEnv(in.Template, in.Parameters, e.pseudo())
	if err != nil {
		return nil, err
	}
	env.Zones = zones
	p := &prepared{in: in, env: env, graph: cfn.Dependencies(in.Template, env.Conditions)}
	if p.order, err = cfn.Order(p.graph); err != nil {
		return nil, err
	}
	e.predict(p)
	p.refuseTemplate()
	slices.SortFunc(p.preview.Changes, func(a, b sandbox.Change) int { return cmp.Compare(a.LogicalID, b.LogicalID) })
	slices.SortStableFunc(p.preview.Refusals, fault.Compare)
	p.preview.Method = "none"
	for _, c := range p.preview.Changes {
		if c.Action != sandbox.Keep {
			p.preview.Method = "update"
		}
	}
	if !slices.ContainsFunc(e.records, func(r *Record) bool { return r.Place != Retained }) {
		p.preview.Method = "create"
	} else if slices.ContainsFunc(e.records, func(r *Record) bool { return r.Place == Leftover }) || e.head.Interrupted() {
		p.preview.Method = "update" // what an interrupted run left is still to be cleaned up
	}
	return p, nil
}

func (e *Engine) pseudo() map[string]any {
	w := e.World
	return map[string]any{
		"AWS::AccountId": w.Account(), "AWS::Region": w.Region(), "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com",
		"AWS::StackName": w.Stack(), "AWS::StackId": w.ARN("cloudformation", "stack/"+w.Stack()+"/"+e.head.ID), "AWS::NotificationARNs": []any{},
	}
}

// predict walks the template in order with what is known now: resources that will be added or replaced are unknown.
func (e *Engine) predict(p *prepared) {
	will := map[string]*Record{} // what each logical id will stand for, as far as it exists already
	p.env.Dynamic = keepDynamic(e.Dynamic)
	p.env.Ref = func(id string) (any, error) {
		if r := will[id]; r != nil {
			return r.Instance.PhysicalID, nil
		}
		return nil, cfn.ErrUnknown
	}
	p.env.GetAtt = func(id, attribute string) (any, error) {
		if r := will[id]; r != nil {
			return r.getAtt(attribute)
		}
		return nil, cfn.ErrUnknown
	}
	for _, id := range p.order {
		res := p.in.Template.Resources[id]
		old := e.current(id)
		rt, known := e.Types[res.Type]
		props, err := properties(p.env, id, res)
		if err != nil {
			p.refuse(id, fault.As(err).Where, "%s", fault.As(err).Message)
		}
		if known {
			p.refuseResource(id, rt, res, props)
		} else {
			p.refuse(id, "", "the embedded sandbox does not have the resource type %s", res.Type)
		}
		rec, d := e.choose(id, rt, res, props)
		if d.action != sandbox.Add && d.action != sandbox.Replace {
			will[id] = rec
		}
		p.preview.Changes = append(p.preview.Changes, sandbox.Change{
			Node: p.node(id, old), LogicalID: id, Type: res.Type, Action: d.action, Reason: d.reason, Properties: d.paths,
			Destructive: d.action == sandbox.Replace && e.Types[old.Instance.Type].Stateful && !retains(res.UpdateReplacePolicy),
		})
	}
	for _, r := range e.records {
		id := r.Instance.LogicalID
		if _, stays := p.graph[id]; stays || r.Place != Current {
			continue
		}
		c := sandbox.Change{Node: r.Instance.Node, LogicalID: id, Type: r.Instance.Type, Action: sandbox.Remove,
			Destructive: e.Types[r.Instance.Type].Stateful && !retains(r.DeletionPolicy)}
		if _, named := p.in.Template.Resources[id]; named {
			c.Reason = "its condition is false"
		}
		if retains(r.DeletionPolicy) {
			c.Reason = strings.TrimPrefix(c.Reason+", it is retained", ", ")
		}
		p.preview.Changes = append(p.preview.Changes, c)
	}
}

func (p *prepared) node(id string, old *Record) string {
	if n, ok := p.in.Trace[id]; ok || old == nil {
		return string(n)
	}
	return old.Instance.Node
}

// choose finds the record that is to become the resource, and what has to be done to it. That is the current one, or, where an
// interrupted run had replaced it, the replaced one if that is wanted again: so that going back finds its data.
func (e *Engine) choose(id string, rt kind.ResourceType, res cfn.Resource, props map[string]any) (*Record, decision) {
	current := e.current(id)
	d := decide(rt, current, res, props)
	if d.action != sandbox.Add && d.action != sandbox.Replace {
		return current, d
	}
	for _, rec := range slices.Backward(e.records) {
		if rec.Place != Leftover || rec.Instance.LogicalID != id || !strings.HasSuffix(rec.Status, "_COMPLETE") {
			continue
		}
		if again := decide(rt, rec, res, props); again.action == sandbox.Keep || again.action == sandbox.Update {
			again.action, again.reason = sandbox.Update, "what an interrupted run replaced is taken back"
			return rec, again
		}
	}
	return current, d
}

// decision is what becomes of one resource.
type decision struct {
	action sandbox.Action
	paths  []string // changed property paths, and changed attributes of the resource
	reason string
	act    bool // whether the type's Update has to be called
}

// decide compares a resource with its record, nil for none. props may still have functions that are not known.
func decide(rt kind.ResourceType, old *Record, res cfn.Resource, props map[string]any) decision {
	if old == nil {
		return decision{action: sandbox.Add}
	}
	if old.Instance.Type != res.Type {
		return decision{action: sandbox.Replace, reason: fmt.Sprintf("its type changes from %s to %s", old.Instance.Type, res.Type)}
	}
	d := decision{action: sandbox.Keep, paths: cfn.Paths(old.Instance.Properties, props)}
	if rt.Replaces != nil && len(d.paths) > 0 {
		if name := rt.Replaces(old.Instance.Properties, props); name != "" {
			d.action, d.act, d.reason = sandbox.Replace, true, "a new "+name+" needs a new resource"
			return d
		}
	}
	for _, path := range d.paths {
		d.action = sandbox.Update
		switch {
		case within(path, rt.Replace):
			d.action, d.act = sandbox.Replace, true
			d.reason = "a new " + path + " needs a new resource"
			return d
		case !within(path, rt.Ignored):
			d.act = true
		}
	}
	if len(d.paths) > 0 && !d.act {
		d.reason = "changes nothing here"
	}
	if old.DeletionPolicy != res.DeletionPolicy {
		d.action, d.paths = sandbox.Update, append(d.paths, "DeletionPolicy")
	}
	if old.UpdateReplacePolicy != res.UpdateReplacePolicy {
		d.action, d.paths = sandbox.Update, append(d.paths, "UpdateReplacePolicy")
	}
	if old.Dirty {
		d.action, d.act, d.reason = sandbox.Update, true, "an earlier update was interrupted"
	}
	return d
}

func retains(policy string) bool { return strings.HasPrefix(policy, "Retain") }

// within tells whether a property path lies at or below one of the listed ones; indices do not count.
func within(path string, listed []string) bool {
	bare := unindexed(path)
	for _, l := range listed {
		if bare == l || strings.HasPrefix(bare, l+".") {
			return true
		}
	}
	return false
}

func unindexed(path string) string {
	for {
		i := strings.IndexByte(path, '[')
		j := strings.IndexByte(path, ']')
		if i < 0 || j < i {
			return path
		}
		path = path[:i] + path[j+1:]
	}
}

// getAtt reads what GetAtt gives.
func (r *Record) getAtt(name string) (any, error) {
	in := r.Instance
	if v, ok := in.Attributes[name]; ok {
		return v, nil
	}
	if name == "Arn" && in.ARN != "" {
		return in.ARN, nil
	}
	return nil, fault.New(fault.Unsupported, "%s has no attribute %s in the embedded sandbox", in.Type, name)
}

// keepDynamic leaves dynamic references as they are written: their values are read only for the running resource.
func keepDynamic(real func(service, reference string) (string, error)) func(string, string) (string, error) {
	if real == nil {
		return nil
	}
	return func(service, reference string) (string, error) {
		return "{{resolve:" + service + ":" + reference + "}}", nil
	}
}
