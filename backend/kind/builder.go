package kind

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/fault"
)

// ArtifactBucket is the template parameter that names the bucket in which the deploying sandbox has put the zips.
const ArtifactBucket = "ArtifactBucket"

// Builder collects one template. Only package generate makes one; kinds see it through Scope and Wire.
type Builder struct {
	scopes    map[design.ID]*Scope
	bases     map[string]bool // logical ids of all primary resources
	resources map[string]*Resource
	outputs   map[string]cfn.Output
	trace     map[string]design.ID
	units     []Unit
	sites     []Site
	findings  []fault.Finding
	keys      map[design.ID]string
}

// NewBuilder makes a builder for nodes whose kinds are given; keys are the artifact keys of packed units by node, and a
// unit that has none gets a readable stand-in key, which no sandbox accepts.
func NewBuilder(nodes []design.Node, specs func(kind string) Spec, keys map[design.ID]string) *Builder {
	b := &Builder{scopes: map[design.ID]*Scope{}, bases: map[string]bool{}, resources: map[string]*Resource{}, outputs: map[string]cfn.Output{},
		trace: map[string]design.ID{}, keys: keys}
	for _, n := range nodes {
		b.bases[Pascal(n.ID)] = true
		b.scopes[n.ID] = &Scope{Node: n, Spec: specs(n.Kind), b: b, base: Pascal(n.ID), variables: map[string]any{}}
	}
	return b
}

// Scope is a node's scope, nil for an unknown node.
func (b *Builder) Scope(id design.ID) *Scope { return b.scopes[id] }

// Result is what was built: resources, outputs, the trace from logical ids (and output names) to nodes or edges.
type Result struct {
	Resources map[string]cfn.Resource
	Outputs   map[string]cfn.Output
	Trace     map[string]design.ID
	Units     []Unit
	Sites     []Site
	Findings  []fault.Finding
}

// Result ends the building.
func (b *Builder) Result() Result {
	rs := make(map[string]cfn.Resource, len(b.resources))
	for id, r := range b.resources {
		rs[id] = *r
	}
	return Result{rs, b.outputs, b.trace, b.units, b.sites, b.findings}
}

// StandInKey tells an artifact key that no packer has made.
func StandInKey(key string) bool { return strings.HasPrefix(key, "unpacked/") }

func (b *Builder) artifactKey(u Unit) string {
	if k := b.keys[u.Node]; k != "" {
		return k
	}
	return "unpacked/" + string(u.Node) + ".zip"
}

// logical joins a base and a suffix; where that is another node's primary id, a short hash keeps the two apart.
func (b *Builder) logical(base, suffix string) string {
	id := base + suffix
	if suffix == "" || !b.bases[id] {
		return id
	}
	sum := sha256.Sum256([]byte(base + "\x00" + suffix))
	return id + strings.ToUpper(hex.EncodeToString(sum[:3]))
}

func (b *Builder) add(logical string, r Resource, owner design.ID) string {
	if _, taken := b.resources[logical]; taken {
		b.findings = append(b.findings, fault.Finding{Rule: "logical-id", Severity: fault.Blocking, Node: string(owner),
			Message: "two resources would get the logical id " + logical, Hint: "rename one of the nodes' ids"})
		return logical
	}
	if r.Properties == nil {
		r.Properties = map[string]any{}
	}
	b.resources[logical] = &r
	b.trace[logical] = owner
	return logical
}

// Pascal turns an id into the alphanumeric form that CloudFormation takes for logical ids: "order-items" → "OrderItems".
func Pascal(id design.ID) string {
	var out strings.Builder
	for _, part := range strings.FieldsFunc(string(id), func(r rune) bool { return r == '-' || r == '_' }) {
		out.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return out.String()
}
