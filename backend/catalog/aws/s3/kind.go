// Package s3 is the kind aws.s3: a private bucket with its notifications. kind.go says what it is, emit.go which
// CloudFormation it becomes; the other files are its offline behaviour over kind.World. It imports kind, cfn and fault only.
package s3

import (
	_ "embed"

	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the bucket's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.CallTarget = Kind{}
	_ kind.PushSource = Kind{}
	_ kind.Simulator  = Kind{}
	_ kind.Caller     = Kind{}
	_ kind.Checker    = Kind{}
)

const (
	doc         = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html"
	docNames    = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
	docVersions = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"
	docExpiry   = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html"
	docCORS     = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html"
	docEvents   = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html"
	docFilters  = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html"
)

// prefixPattern leaves out what IAM and S3 would take for a wildcard or a policy variable.
const prefixPattern = `[^*?$]{0,900}`

// Spec describes the bucket.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "aws.s3", Title: "S3 bucket", Noun: "bucket", Category: "Data",
		Summary:  "Keeps files of any size under names, privately, and tells others when one comes or goes",
		Keywords: []string{"object", "file", "storage", "blob", "upload", "static"},
		Icon:     icon, Help: help, Doc: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html",
		Shape: kind.Box, Stateful: true, Callable: true, Sample: `{"key": "hello.txt", "body": "hello bucket"}`,
		Fields: []kind.Field{
			{Name: "versioning", Title: "Keep old versions", Type: kind.Flag, Default: false, Doc: docVersions,
				Help: "Overwritten and deleted objects can be had back. Once on it can be suspended, never taken back."},
			{Name: "expiry", Title: "Delete objects by age", Type: kind.Rows, Doc: docExpiry, Columns: []kind.Field{
				{Name: "prefix", Title: "Keys that begin with", Type: kind.Text, Help: "Left empty, all objects."},
				{Name: "days", Title: "After", Type: kind.Number, Required: true, Min: kind.Bound(1), Max: kind.Bound(36500), Step: 1, Unit: "days"}}},
			{Name: "oldVersions", Title: "Delete old versions after", Type: kind.Number, Default: 30.0, Min: kind.Bound(1), Max: kind.Bound(36500), Step: 1, Unit: "days", Doc: docExpiry,
				Help: "Counts where old versions are kept."},
			{Name: "cors", Title: "Web pages that may use it", Type: kind.Rows, Group: "Browsers", Doc: docCORS, Help: "For uploads and downloads straight from a browser, by presigned addresses.", Columns: []kind.Field{
				{Name: "origins", Title: "Origins", Type: kind.List, Required: true, Help: "https://example.com; one * is allowed in each."},
				{Name: "methods", Title: "Methods", Type: kind.List, Required: true, Default: []any{"GET"}, Help: "GET, PUT, POST, DELETE, HEAD"},
				{Name: "headers", Title: "Request headers", Type: kind.List, Default: []any{"*"}},
				{Name: "exposed", Title: "Headers shown to the page", Type: kind.List, Default: []any{"ETag"}},
				{Name: "maxAge", Title: "Remembered for", Type: kind.Number, Default: 3600.0, Min: kind.Bound(0), Max: kind.Bound(86400), Step: 1, Unit: "s"}}},
			{Name: "bucketName", Title: "Bucket name", Type: kind.Text, Group: "Advanced", Pattern: `[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]`, Doc: docNames,
				Help: "Left empty, it is made of the node's id and the stack's id. A name of your own must be free in the whole world. Changing it replaces the bucket."},
			{Name: "keep", Title: "Keep when removed", Type: kind.Flag, Group: "Advanced", Default: false,
				Help: "The bucket and its objects stay in the account when it leaves the drawing or the stack is destroyed."},
		},
		Ports: []kind.Port{
			{ID: "in", Title: "Objects", Dir: kind.In, Speaks: []kind.Speak{{Protocol: kind.Call, Access: []string{"readwrite", "read", "write"}}},
				Fields: []kind.Field{{Name: "keys", Title: "Only keys that begin with", Type: kind.Text, Pattern: prefixPattern,
					Help: "Left empty, the wire reaches all objects."}}},
			{ID: "out", Title: "Notifications", Dir: kind.Out, Speaks: []kind.Speak{{Protocol: kind.Push}},
				Fields: []kind.Field{
					{Name: "events", Title: "Events", Type: kind.List, Default: []any{"s3:ObjectCreated:*"}, Doc: docEvents,
						Help: "s3:ObjectCreated:*, s3:ObjectRemoved:* or narrower ones."},
					{Name: "prefix", Title: "Only keys that begin with", Type: kind.Text, Doc: docFilters},
					{Name: "suffix", Title: "Only keys that end with", Type: kind.Text, Doc: docFilters},
				}},
		},
	}
}
