package app

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"airloom/backend/design"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

// DefaultSandbox is the embedded one, which every project has.
const DefaultSandbox = "local"

// SandboxConfig is a named sandbox of a project.
type SandboxConfig struct {
	Name   string            `json:"name"`
	Type   string            `json:"type"`
	Detail string            `json:"detail"`           // one line for people
	Config map[string]string `json:"config,omitempty"` // profile, region, endpoint, stack; never a credential
}

var sandboxName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

// Sandboxes lists the project's sandboxes, the embedded one first.
func (s *Session) Sandboxes() ([]SandboxConfig, error) {
	list := []SandboxConfig{{Name: DefaultSandbox, Type: "local", Detail: "embedded, on this machine"}}
	var more []SandboxConfig
	if _, err := s.project.Setting("sandboxes", &more); err != nil {
		return nil, err
	}
	return append(list, more...), nil
}

// AddSandbox names a new sandbox.
func (s *Session) AddSandbox(ctx context.Context, c SandboxConfig) error {
	if !sandboxName.MatchString(c.Name) {
		return fault.New(fault.Invalid, "%q cannot name a sandbox", c.Name).Try("use lower-case letters, digits and dashes, 31 at most")
	}
	if !slices.ContainsFunc(s.app.deps.Sandboxes, func(t SandboxType) bool { return t.Type == c.Type }) {
		return fault.New(fault.Unsupported, "there is no sandbox type %q", c.Type)
	}
	list, err := s.Sandboxes()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(o SandboxConfig) bool { return o.Name == c.Name }) {
		return fault.New(fault.Conflict, "a sandbox %q exists already", c.Name)
	}
	return s.project.SetSetting(ctx, "sandboxes", append(list[1:], c))
}

// RemoveSandbox forgets a sandbox. What is deployed in it stays: destroy it first.
func (s *Session) RemoveSandbox(ctx context.Context, name string) error {
	list, err := s.Sandboxes()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(o SandboxConfig) bool { return o.Name == name })
	if i < 1 {
		return fault.New(fault.NotFound, "there is no sandbox %q that could be removed", name)
	}
	s.mu.Lock()
	if sb := s.sandboxes[name]; sb != nil {
		err = sb.Close()
		delete(s.sandboxes, name)
	}
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.project.SetSetting(ctx, "sandboxes", slices.Delete(list, i, i+1)[1:])
}

func (s *Session) current() string { return DefaultSandbox }

// Sandbox opens a named sandbox, once.
func (s *Session) Sandbox(ctx context.Context, name string) (sandbox.Sandbox, error) {
	list, err := s.Sandboxes()
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = DefaultSandbox
	}
	i := slices.IndexFunc(list, func(o SandboxConfig) bool { return o.Name == name })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "this project has no sandbox %q", name).Try("`airloom sandbox list` shows them, `airloom sandbox add` makes one")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if sb := s.sandboxes[name]; sb != nil {
		return sb, nil
	}
	c := list[i]
	for _, t := range s.app.deps.Sandboxes {
		if t.Type != c.Type {
			continue
		}
		sb, err := t.Open(ctx, Place{Name: name, Project: s.project.ID(), Stack: stackName(s.Name(), c), Folder: s.Folder(), Config: c.Config})
		if err != nil {
			return nil, err
		}
		s.sandboxes[name] = sb
		return sb, nil
	}
	return nil, fault.New(fault.Unsupported, "this build has no sandbox type %q", c.Type)
}

// stackName is lower-case, so that bucket names can be made of it.
func stackName(project string, c SandboxConfig) string {
	if n := c.Config["stack"]; n != "" {
		return n
	}
	name := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(project), "-"), "-")
	if name == "" || name[0] < 'a' {
		name = "airloom-" + name
	}
	if c.Name != DefaultSandbox {
		name += "-" + c.Name
	}
	return strings.Trim(name[:min(len(name), 28)], "-")
}

// Resumer is a sandbox whose work goes on elsewhere when this process ends: it follows what was begun and not seen to its end.
type Resumer interface {
	Resume(context.Context, event.Sink) error
}

// PlanView is a plan with the id by which Deploy is told to apply it.
type PlanView struct {
	sandbox.Plan
	ID string `json:"id"`
}

// Plan packs, generates and compares with what is deployed. The plan stays valid until the next one.
func (s *Session) Plan(ctx context.Context, name string, opts sandbox.Options, sink event.Sink) (PlanView, error) {
	sb, err := s.Sandbox(ctx, name)
	if err != nil {
		return PlanView{}, err
	}
	if r, ok := sb.(Resumer); ok {
		if err := r.Resume(ctx, sink); err != nil {
			return PlanView{}, err
		}
	}
	who, err := sb.Describe(ctx)
	if err != nil {
		return PlanView{}, err
	}
	b, _, err := s.Bundle(ctx, who.HostArch, sink)
	if err != nil {
		return PlanView{}, err
	}
	p, err := sb.Plan(ctx, b, opts)
	if err != nil {
		return PlanView{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.planned++
	id := "plan-" + strconv.Itoa(s.planned)
	clear(s.plans)
	s.plans[id] = p
	if name == DefaultSandbox || name == "" {
		s.code = map[string]string{}
		for _, a := range b.Artifacts {
			s.code[string(a.Node)] = a.Key
		}
	}
	return PlanView{p, id}, nil
}

// Deploy applies a plan in the background and answers the job. Destructive changes and running the project's code here
// need the person's word.
func (s *Session) Deploy(name, plan string, consent, trust bool) (string, error) {
	s.mu.Lock()
	p, ok := s.plans[plan]
	s.mu.Unlock()
	switch {
	case !ok:
		return "", fault.New(fault.NotFound, "that plan is no longer valid").Try("plan again")
	case !p.Applyable:
		return "", refusal(p)
	case len(p.Destructive()) > 0 && !consent:
		d := p.Destructive()[0]
		return "", fault.New(fault.Denied, "%s of %s would lose its data", d.Action, d.LogicalID).At(d.Node).
			Try("agree to the destructive changes (on the command line: --allow-data-loss)")
	}
	p.Options.Consent, p.Options.Trust = consent, trust
	return s.app.jobs.Start("deploy to "+name, func(ctx context.Context, sink event.Sink) error {
		return s.apply(ctx, name, p, sink)
	}), nil
}

func refusal(p sandbox.Plan) error {
	if err := Blocking(p.Refusals); err != nil {
		return err
	}
	return fault.New(fault.Unsupported, "this plan cannot be applied")
}

func (s *Session) apply(ctx context.Context, name string, p sandbox.Plan, sink event.Sink) error {
	sb, err := s.Sandbox(ctx, name)
	if err != nil {
		return err
	}
	run := Run{ID: fmt.Sprintf("%d", s.app.deps.Now().UnixNano()), Sandbox: name, Action: "deploy", Status: Running, Bundle: p.Bundle,
		Handle: p.Handle, Started: s.app.deps.Now()}
	if err := s.record(ctx, run); err != nil {
		return err
	}
	dep, err := sb.Apply(ctx, p, sink)
	err = s.ended(run, err)
	if err == nil {
		for _, u := range dep.URLs {
			sink(event.Event{Type: event.Output, Node: u.Node, Text: u.Title + " " + u.URL, Data: event.Data{Name: u.Title, Value: u.URL}})
		}
	}
	return err
}

// Destroy takes everything down that Deploy made.
func (s *Session) Destroy(ctx context.Context, name string) (string, error) {
	sb, err := s.Sandbox(ctx, name)
	if err != nil {
		return "", err
	}
	return s.app.jobs.Start("destroy "+name, func(ctx context.Context, sink event.Sink) error {
		run := Run{ID: fmt.Sprintf("%d", s.app.deps.Now().UnixNano()), Sandbox: name, Action: "destroy", Status: Running, Started: s.app.deps.Now()}
		if err := s.record(ctx, run); err != nil {
			return err
		}
		return s.ended(run, sb.Destroy(ctx, sandbox.Options{Consent: true}, sink))
	}), nil
}

// record keeps a run where the project can be written; a read-only one can be deployed all the same.
func (s *Session) record(ctx context.Context, r Run) error {
	if s.project.ReadOnly() != "" {
		return nil
	}
	return s.project.Record(ctx, r)
}

func (s *Session) ended(r Run, err error) error {
	r.Status, r.Ended = Succeeded, s.app.deps.Now()
	if err != nil {
		r.Status, r.Error = Failed, err.Error()
		if fault.CodeOf(err) == fault.Canceled {
			r.Status = Canceled
		}
	}
	if e := s.record(context.Background(), r); e != nil && err == nil {
		return e
	}
	return err
}

// Deployment is what is deployed in a sandbox, nil where nothing is.
func (s *Session) Deployment(ctx context.Context, name string) (*sandbox.Deployment, error) {
	sb, err := s.Sandbox(ctx, name)
	if err != nil {
		return nil, err
	}
	d, err := sb.Deployment(ctx)
	if fault.CodeOf(err) == fault.NotFound {
		return nil, nil
	}
	return &d, err
}

// Node finds a node by id or by its exact name.
func (s *Session) Node(ref string) (design.Node, error) {
	d := s.project.Design()
	if n, ok := d.Nodes[design.ID(ref)]; ok {
		return n, nil
	}
	var found []design.Node
	for _, id := range d.NodeIDs() {
		if d.Nodes[id].Name == ref {
			found = append(found, d.Nodes[id])
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return design.Node{}, fault.New(fault.NotFound, "there is no node %q", ref).Try("%s", listed("the drawing has", s.nodes(func(design.Node) bool { return true })))
	}
	return design.Node{}, fault.New(fault.Conflict, "%d nodes are called %q", len(found), ref).Try("use the node's id, for instance %s", found[0].ID)
}

// Callable are the ids of nodes that can be called.
func (s *Session) Callable() []string {
	return s.nodes(func(n design.Node) bool { _, ok := s.caller(n); return ok })
}

func (s *Session) caller(n design.Node) (kind.Caller, bool) {
	k, ok := s.app.deps.Shelf.Find(n.Kind)
	c, can := k.(kind.Caller)
	return c, ok && can
}

func (s *Session) nodes(keep func(design.Node) bool) []string {
	d, out := s.project.Design(), []string{}
	for _, id := range d.NodeIDs() {
		if keep(d.Nodes[id]) {
			out = append(out, string(id))
		}
	}
	return out
}

// listed names the first of many.
func listed(what string, ids []string) string {
	const shown = 12
	switch n := len(ids); {
	case n == 0:
		return what + " none"
	case n > shown:
		return what + " " + strings.Join(ids[:shown], ", ") + fmt.Sprintf(" and %d more", n-shown)
	}
	return what + " " + strings.Join(ids, ", ")
}

// Call sends a payload to a deployed node.
func (s *Session) Call(ctx context.Context, name, node string, payload []byte) (sandbox.Response, error) {
	n, err := s.Node(node)
	if err != nil {
		return sandbox.Response{}, err
	}
	sp, _ := s.app.deps.Shelf.Spec(n.Kind)
	caller, ok := s.caller(n)
	if !ok {
		return sandbox.Response{}, fault.New(fault.Unsupported, "a node of the kind %q cannot be called", cmp.Or(sp.Title, n.Kind)).At(string(n.ID)).
			Try("%s", listed("what can be called:", s.Callable()))
	}
	sb, err := s.Sandbox(ctx, name)
	if err != nil {
		return sandbox.Response{}, err
	}
	dep, err := sb.Deployment(ctx)
	if err != nil {
		return sandbox.Response{}, err
	}
	req, err := caller.Call(Target(n, sp, dep), payload)
	if err != nil {
		return sandbox.Response{}, err
	}
	return sb.Call(ctx, req)
}

// Target is a deployed node as its kind's Caller sees it.
func Target(n design.Node, sp kind.Spec, dep sandbox.Deployment) kind.Target {
	t := kind.Target{Node: string(n.ID), Props: kind.WithDefaults(n.Props, sp.Fields), Resources: map[string]kind.Deployed{}, Outputs: dep.Outputs}
	base := kind.Pascal(n.ID)
	for _, r := range dep.Resources {
		if r.Node == string(n.ID) && strings.HasPrefix(r.LogicalID, base) {
			t.Resources[strings.TrimPrefix(r.LogicalID, base)] = kind.Deployed{LogicalID: r.LogicalID, Type: r.Type, PhysicalID: r.PhysicalID, ARN: r.ARN, Attributes: r.Attributes}
		}
	}
	return t
}

// Logs gives past log lines, and with Follow goes on until ctx ends.
func (s *Session) Logs(ctx context.Context, name string, q sandbox.LogQuery, sink event.Sink) error {
	if q.Node != "" {
		n, err := s.Node(q.Node)
		if err != nil {
			return err
		}
		q.Node = string(n.ID)
	}
	sb, err := s.Sandbox(ctx, name)
	if err != nil {
		return err
	}
	return sb.Logs(ctx, q, sink)
}

// Follow tells all doors every log line of a sandbox, in the background until the project is closed; asking twice follows once.
func (s *Session) Follow(ctx context.Context, name string) error {
	sb, err := s.Sandbox(ctx, name)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.follows[name] != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.follows[name] = cancel
	tell := func(e event.Event) { s.app.tell(Message{Kind: "event", Event: &e}) }
	go func() {
		defer cancel()
		query := sandbox.LogQuery{Follow: true, Since: s.app.deps.Now().Add(-time.Second)}
		err := guard(func() error { return sb.Logs(ctx, query, tell) })
		if err != nil && ctx.Err() == nil {
			tell(event.Event{Type: event.Warn, Level: event.Warning, Time: s.app.deps.Now(), Text: "the logs of " + name + " are no longer followed: " + err.Error()})
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.follows, name)
	}()
	return nil
}

// Gave tells whether a deployment of a sandbox gave this address.
func (s *Session) Gave(ctx context.Context, name, url string) (bool, error) {
	d, err := s.Deployment(ctx, name)
	if err != nil || d == nil {
		return false, err
	}
	return slices.ContainsFunc(d.URLs, func(u sandbox.URL) bool { return u.URL == url }), nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
