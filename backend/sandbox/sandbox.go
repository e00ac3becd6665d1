// Package sandbox is the contract of a place where a design can live: the user's cloud account, or the embedded sandbox
// on the laptop. Deploy, tests and logs never ask which it is. It imports generate, kind, design and event.
package sandbox

import (
	"context"
	"time"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
)

// Sandbox is one place for one project. Implementations are safe for concurrent use; mutating calls exclude each other.
type Sandbox interface {
	// Describe tells what and where it is, identity included. It is asked before anything mutates.
	Describe(context.Context) (Identity, error)
	// Plan compares the bundle with what is deployed. It changes nothing that costs or runs (a cloud creates a change set).
	Plan(context.Context, generate.Bundle, Options) (Plan, error)
	// Apply executes a plan: artifacts, stack, sites. Events go to the sink, keyed by node. It returns at the end; ctx
	// canceled once asks to stop and waits for a verdict (a second cancel is the caller leaving).
	Apply(context.Context, Plan, event.Sink) (Deployment, error)
	// Deployment is what is deployed now; fault.NotFound where nothing is.
	Deployment(context.Context) (Deployment, error)
	// Call sends a request value to a deployed node.
	Call(context.Context, kind.Request) (Response, error)
	// Logs gives past lines, oldest first, and with Follow goes on until ctx ends. Lines are events of type Log.
	Logs(context.Context, LogQuery, event.Sink) error
	// Destroy removes everything that Apply made, and its own helpers (artifact bucket contents, state folder).
	Destroy(context.Context, Options, event.Sink) error
	// Close releases what is held (processes, ports) without removing anything.
	Close() error
}

// Identity tells a person where a sandbox is.
type Identity struct {
	Name     string   `json:"name"` // "local", or the name the user gave
	Type     string   `json:"type" enum:"local,aws"`
	Stack    string   `json:"stack"`
	Account  string   `json:"account"`
	Region   string   `json:"region"`
	Caller   string   `json:"caller"` // ARN of who acts, or "this machine"
	Endpoint string   `json:"endpoint,omitempty"`
	HostArch string   `json:"hostArch,omitempty"` // native code must be built for it (x86_64, arm64); "" keeps the declared one
	Warnings []string `json:"warnings,omitempty"` // "declared nodejs24.x, this machine has 20.20": what differs from the declared
}

// Options of plan and destroy.
type Options struct {
	Parameters map[string]string // template parameters
	Consent    bool              // the person has agreed to destructive changes
	Trust      bool              // the person trusts this project's code to run here
	Only       []string          // node ids: deploy these alone where the fast path allows
	Tags       map[string]string
}

// Action is what a change does.
type Action string

// Actions, painted as + ~ ± - =.
const (
	Add     Action = "add"
	Update  Action = "update"
	Replace Action = "replace"
	Remove  Action = "remove"
	Keep    Action = "keep"
)

// Change is one resource's part of a plan.
type Change struct {
	Node        string   `json:"node,omitempty"`
	LogicalID   string   `json:"logicalId"`
	Type        string   `json:"type"`
	Action      Action   `json:"action" enum:"add,update,replace,remove,keep"`
	Reason      string   `json:"reason,omitempty"`
	Properties  []string `json:"properties,omitempty"`  // changed property paths
	Destructive bool     `json:"destructive,omitempty"` // data would be lost
}

// Plan is what Apply would do. Method is "create", "update" or "none".
type Plan struct {
	Sandbox   Identity        `json:"sandbox"`
	Method    string          `json:"method"`
	Changes   []Change        `json:"changes"`            // sorted by logical id; kept ones included
	Refusals  []fault.Finding `json:"refusals,omitempty"` // why it cannot be applied: what this sandbox cannot do, by name
	Notes     []string        `json:"notes,omitempty"`    // what the person should know (host architecture, runtime versions)
	Applyable bool            `json:"applyable"`
	Bundle    string          `json:"bundle"`         // digest
	Base      string          `json:"base,omitempty"` // digest of what is deployed
	Options   Options         `json:"-"`
	Content   generate.Bundle `json:"-"`
	Handle    string          `json:"handle,omitempty"` // the sandbox's own (change set ARN)
}

// Destructive are the changes that lose data.
func (p Plan) Destructive() []Change {
	var out []Change
	for _, c := range p.Changes {
		if c.Destructive {
			out = append(out, c)
		}
	}
	return out
}

// Deployment is an applied plan.
type Deployment struct {
	Sandbox   Identity          `json:"sandbox"`
	Status    string            `json:"status"` // CloudFormation's stack status
	Reason    string            `json:"reason,omitempty"`
	Bundle    string            `json:"bundle"`
	Outputs   map[string]string `json:"outputs"`
	Resources []Resource        `json:"resources"` // sorted by logical id
	URLs      []URL             `json:"urls,omitempty"`
	Started   time.Time         `json:"started"`
	Ended     time.Time         `json:"ended,omitzero"`
}

// Resource is a deployed resource.
type Resource struct {
	LogicalID  string            `json:"logicalId"`
	Node       string            `json:"node,omitempty"`
	Type       string            `json:"type"`
	PhysicalID string            `json:"physicalId"`
	ARN        string            `json:"arn,omitempty"`
	Status     string            `json:"status"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

// URL is an address that a person can open.
type URL struct {
	Node  string `json:"node"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Response is the answer to a call.
type Response struct {
	Status   int               `json:"status"`
	Header   map[string]string `json:"header,omitempty"`
	Body     []byte            `json:"body"`
	Error    string            `json:"error,omitempty"` // a function's error kind, "" for none
	LogTail  string            `json:"logTail,omitempty"`
	Duration time.Duration     `json:"duration"` // as seen from here
}

// LogQuery chooses log lines.
type LogQuery struct {
	Node   string    // "" for all
	Since  time.Time // zero: the last 15 minutes
	Filter string    // substring
	Limit  int       // 0: 1,000
	Follow bool
}
