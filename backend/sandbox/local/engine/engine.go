// Package engine is the template engine of the embedded sandbox: it compares a template with what is deployed, and
// creates, updates, replaces and deletes resources as CloudFormation does, rolling back where one fails. It knows no
// resource type by name: types are given to it as kind.ResourceType. Every step is stored before and after it is
// taken, so that a killed process is continued by the next Apply or Destroy. It imports the contracts only (cfn, kind, sandbox,
// event, fault) and touches nothing outside but through them.
//
// An Engine is not safe for concurrent use: mutating calls of a sandbox exclude one another. What is deployed is told to
// the Host as it changes, and the Host serves everybody else.
package engine

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

// Deps are what an engine works with. All but Host and Dynamic are needed.
type Deps struct {
	Types map[string]kind.ResourceType // by CloudFormation type
	World kind.World
	Store Store
	Host  Host // nil: nobody needs to know
	// Dynamic gives the value of {{resolve:service:reference}}; nil refuses dynamic references by name.
	Dynamic func(service, reference string) (string, error)
}

// Host runs what is deployed. Instances come with all values resolved.
type Host interface {
	// Up: the instance exists from now on, with these properties. A replaced one and its replacement exist side by side
	// for a while: they have the same logical id and different physical ids.
	Up(kind.Instance)
	// Down: the instance is about to be updated (Up follows) or deleted. Its background work must have ended when Down
	// returns.
	Down(kind.Instance)
}

// Store keeps the state. Each call is durable when it returns.
type Store interface {
	Load() (Head, []Record, error) // zero values where nothing is stored
	SaveHead(Head) error
	Put(Record) error // by Record.Key
	Drop(key string) error
}

// Head is the state of the whole stack.
type Head struct {
	ID         string            `json:"id"`     // a UUID, part of AWS::StackId
	Status     string            `json:"status"` // CloudFormation's stack status, "" where nothing was ever deployed
	Reason     string            `json:"reason,omitempty"`
	Bundle     string            `json:"bundle,omitempty"` // digest of what was last deployed with success
	Parameters map[string]string `json:"parameters,omitempty"`
	Outputs    map[string]string `json:"outputs,omitempty"`
	Serial     int64             `json:"serial"` // of the newest record
	Started    time.Time         `json:"started,omitzero"`
	Ended      time.Time         `json:"ended,omitzero"`
}

// Interrupted tells that the process ended while something was being done.
func (h Head) Interrupted() bool { return strings.HasSuffix(h.Status, "_IN_PROGRESS") }

// Place tells what a record is to its stack.
type Place string

// Places.
const (
	Current  Place = "current"  // it is what its logical id stands for
	Leftover Place = "leftover" // replaced or removed, and to be deleted
	Retained Place = "retained" // it left the stack by its policy and lives on
)

// Record is one resource that exists, or whose creation began.
type Record struct {
	Key    string `json:"key"`    // "<LogicalID>.<serial>"
	Serial int64  `json:"serial"` // grows with every creation
	Place  Place  `json:"place"`
	Status string `json:"status"` // CloudFormation's resource status
	Reason string `json:"reason,omitempty"`
	Dirty  bool   `json:"dirty,omitempty"` // an update began whose end is not known
	// Foreign tells of a creation that failed because the name is another's: then there is nothing to be deleted.
	Foreign bool `json:"foreign,omitempty"`
	// Instance is the resource; dynamic references stand unresolved in its properties, so that no secret is stored here.
	Instance            kind.Instance `json:"instance"`
	DependsOn           []string      `json:"dependsOn,omitempty"` // logical ids that it needed
	DeletionPolicy      string        `json:"deletionPolicy,omitempty"`
	UpdateReplacePolicy string        `json:"updateReplacePolicy,omitempty"`
}

func (r *Record) exists() bool {
	return r.Status != "CREATE_IN_PROGRESS" && r.Status != "CREATE_FAILED"
}

// Input is what is to be deployed.
type Input struct {
	Template   cfn.Template
	Parameters map[string]string
	Trace      map[string]design.ID // logical id (and output name) → node
	Bundle     string               // digest
}

// Engine deploys templates into one stack.
type Engine struct {
	Deps
	head    Head
	records []*Record // by serial
}

// New loads what is deployed. Nothing is started; see Start.
func New(d Deps) (*Engine, error) {
	e := &Engine{Deps: d}
	head, records, err := d.Store.Load()
	if err != nil {
		return nil, err
	}
	if e.head = head; head.ID == "" {
		e.head.ID = d.World.NewID()
	}
	for _, r := range records {
		r.Instance.Properties, _ = numbers(r.Instance.Properties).(map[string]any)
		r.Instance.Attributes, _ = numbers(r.Instance.Attributes).(map[string]any)
		e.records = append(e.records, &r)
		e.head.Serial = max(e.head.Serial, r.Serial)
	}
	slices.SortFunc(e.records, func(a, b *Record) int { return cmp.Compare(a.Serial, b.Serial) })
	// Where the process died in the midst of a replacement, the new one counts only if it was complete.
	newest := map[string]*Record{}
	for _, r := range e.records {
		if r.Place != Current {
			continue
		}
		old := newest[r.Instance.LogicalID]
		switch {
		case !r.exists():
			r.Place = Leftover
			continue
		case old != nil:
			old.Place = Leftover
		}
		newest[r.Instance.LogicalID] = r
	}
	return e, nil
}

// Start tells the host about everything that exists, in the order of creation: after a restart of the sandbox.
func (e *Engine) Start() error {
	for _, r := range e.records {
		if !r.exists() {
			continue
		}
		in, err := e.resolved(r.Instance)
		if err != nil {
			return err
		}
		e.up(in)
	}
	return nil
}

// Head is the state of the stack.
func (e *Engine) Head() Head { return e.head }

// Empty tells that nothing exists, not even what was retained.
func (e *Engine) Empty() bool { return len(e.records) == 0 }

// Resources are what is deployed, sorted by logical id.
func (e *Engine) Resources() []sandbox.Resource {
	out := []sandbox.Resource{}
	for _, r := range e.records {
		if r.Place != Current {
			continue
		}
		in := r.Instance
		res := sandbox.Resource{LogicalID: in.LogicalID, Node: in.Node, Type: in.Type, PhysicalID: in.PhysicalID, ARN: in.ARN, Status: r.Status, Attributes: map[string]string{}}
		for k, v := range in.Attributes {
			res.Attributes[k] = text(v)
		}
		out = append(out, res)
	}
	slices.SortFunc(out, func(a, b sandbox.Resource) int { return cmp.Compare(a.LogicalID, b.LogicalID) })
	return out
}

func (e *Engine) current(logicalID string) *Record {
	for _, r := range e.records {
		if r.Place == Current && r.Instance.LogicalID == logicalID {
			return r
		}
	}
	return nil
}

// resolved gives the instance with its dynamic references replaced by their values.
func (e *Engine) resolved(in kind.Instance) (kind.Instance, error) {
	env := cfn.Env{Dynamic: e.Dynamic}
	var err error
	in.Properties, err = env.EvalMap(in.LogicalID+".Properties", in.Properties)
	return in, err
}

func (e *Engine) up(in kind.Instance) {
	if e.Host != nil {
		e.Host.Up(in)
	}
}

func (e *Engine) down(in kind.Instance) {
	if e.Host != nil {
		e.Host.Down(in)
	}
}

func (e *Engine) put(r *Record) error { return e.Store.Put(*r) }

func (e *Engine) drop(r *Record) error {
	e.records = slices.DeleteFunc(e.records, func(o *Record) bool { return o == r })
	return e.Store.Drop(r.Key)
}
