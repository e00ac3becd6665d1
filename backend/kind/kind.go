// Package kind is the contract of a kind: what a thing on the drawing is, which ports it has, what CloudFormation it
// becomes, how it behaves offline, and how it is called where it runs. The six protocols that join two ports live here
// too, one file each. It imports design, cfn, fault and event; kinds import it and never one another.
package kind

import (
	"path"

	"airloom/backend/cfn"
	"airloom/backend/design"
)

// Kind is one entry of the shelf. A kind is a stateless value; what it does beyond Emit it says by implementing the
// optional interfaces of this package: the sides of the protocols (CallTarget, PollSource …), Finisher, Simulator, Caller, Checker.
type Kind interface {
	// Spec describes the kind; it is constant.
	Spec() Spec
	// Emit adds the resources of one node to the template. It must not look at edges: joins do that.
	Emit(*Scope) error
}

// Finisher is a kind that completes its resources after all edges are joined.
type Finisher interface{ Finish(*Scope) error }

// Spec is what a kind is, as data. The interface, the command line and the docs page are all drawn from it.
type Spec struct {
	ID       string   `json:"id"`       // stable, namespaced: "aws.lambda", "saas.stripe", "note"
	Title    string   `json:"title"`    // "Lambda function"
	Noun     string   `json:"noun"`     // default name of a new node, lower-case: "function"
	Category string   `json:"category"` // palette section: Compute, API, Data, Messaging, Security, Client, Third party, Drawing, Any
	Summary  string   `json:"summary"`  // one line
	Keywords []string `json:"keywords,omitempty"`
	Icon     string   `json:"icon"`          // SVG text, from the kind's icon.svg
	Help     string   `json:"help"`          // Markdown text, from the kind's help.md
	Doc      string   `json:"doc,omitempty"` // https address of the service's own documentation
	Shape    Shape    `json:"shape" enum:"node,group,note"`
	Fields   []Field  `json:"fields"`
	Ports    []Port   `json:"ports"`
	Stateful bool     `json:"stateful,omitempty"` // replacing or removing it loses data: named in red, separate consent
	Callable bool     `json:"callable,omitempty"` // implements Caller
	Sample   string   `json:"sample,omitempty"`   // a sample payload for a call, JSON text
}

// Shape tells the canvas how a node is drawn.
type Shape string

// Shapes.
const (
	Box   Shape = "node"
	Group Shape = "group"
	Note  Shape = "note"
)

// Emitted is a statement of an IAM policy, in template values.
type Statement struct {
	Actions   []string
	Resources []any
	Condition map[string]any
}

// Unit is a deployable unit of code that a node declares: a folder of the project that the packers turn into a zip.
type Unit struct {
	Node      design.ID `json:"node"`
	Name      string    `json:"name"`
	Source    string    `json:"source"` // folder relative to the project, slash-separated
	Runtime   string    `json:"runtime"`
	Handler   string    `json:"handler"`
	Arch      string    `json:"arch"`             // arm64 or x86_64
	Build     string    `json:"build,omitempty"`  // custom command
	Output    string    `json:"output,omitempty"` // the command's output folder
	Format    string    `json:"format,omitempty"` // esm or cjs
	Externals []string  `json:"externals,omitempty"`
}

// Site is a folder of static files that is published to a bucket of the stack after the stack itself, with a config.json
// whose values are template values (usually outputs of the stack).
type Site struct {
	Node         design.ID
	Bucket       string // logical id of the bucket
	Distribution string // logical id of the CloudFront distribution whose cache is invalidated, "" for none
	Source       string // folder relative to the project, slash-separated
	Build        string // optional command run in the folder before publishing
	Output       string // folder below Source that the command leaves behind, "" for Source itself
	Config       map[string]any
}

// Folder is what is published, relative to the project.
func (s Site) Folder() string { return path.Join(s.Source, s.Output) }

// Resource is shorthand for the type that Emit adds.
type Resource = cfn.Resource
