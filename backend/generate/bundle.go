// Package generate turns design × shelf × settings into a Bundle: in memory, pure, deterministic. It imports catalog's
// contract (kind), design, cfn and check's findings, and touches nothing outside.
package generate

import (
	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Bundle is everything that a deployment needs. Same design, same bytes, same digest.
type Bundle struct {
	Template  cfn.Template
	Body      []byte               // the template printed as JSON: what is deployed
	Trace     map[string]design.ID // logical id (and output name) → node or edge id
	Units     []kind.Unit          // code to be packed, sorted by node
	Sites     []kind.Site          // folders to be published after the stack
	Artifacts []Artifact           // packed zips, empty before packing
	Findings  []fault.Finding      // sorted; a Blocking one means that the bundle must not be deployed
	Digest    string               // sha256, hex, of Body and the artifacts' keys
}

// Artifact is a packed unit: Key is "<sha256>.zip", and the template refers to it in the bucket of the parameter ArtifactBucket.
type Artifact struct {
	Node     design.ID `json:"node"`
	Key      string    `json:"key"`
	Path     string    `json:"-"` // the zip on this machine
	Digest   string    `json:"digest"`
	Size     int64     `json:"size"`     // bytes, zipped
	Unzipped int64     `json:"unzipped"` // bytes
}
