// Package dynamodb is the kind aws.dynamodb: a table with its indexes, its stream and its expiry. kind.go says what it is,
// emit.go which CloudFormation it becomes, call.go how it is called; the other files are its offline behaviour over
// kind.World. It imports kind, cfn, fault and its own sub-packages value and expression only.
package dynamodb

import (
	_ "embed"

	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the table's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.CallTarget = Kind{}
	_ kind.PollSource = Kind{}
	_ kind.Simulator  = Kind{}
	_ kind.Caller     = Kind{}
	_ kind.Checker    = Kind{}
)

const (
	doc        = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html"
	docKeys    = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html#HowItWorks.CoreComponents.PrimaryKey"
	docGlobal  = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html"
	docLocal   = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html"
	docStream  = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html"
	docTTL     = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html"
	docBilling = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-mode.html"
	docReader  = "https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html"
	docErrors  = "https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html"
)

// attributeName is what a key may be called: up to 255 bytes of anything.
const attributeName, resourceName = `.{1,255}`, `[A-Za-z0-9_.-]{3,255}`

var (
	keyTypes    = []string{"string", "number", "binary"}
	projections = []string{"all", "keys", "include"}
	views       = []string{"automatic", "KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"}
)

// Spec describes the table.
func (Kind) Spec() kind.Spec {
	name := kind.Field{Name: "name", Title: "Name", Type: kind.Text, Required: true, Pattern: resourceName}
	sort := kind.Field{Name: "sortKey", Title: "Sort key", Type: kind.Text, Pattern: attributeName}
	sortType := kind.Field{Name: "sortType", Title: "Type", Type: kind.Choice, Options: keyTypes, Default: "string"}
	projection := kind.Field{Name: "projection", Title: "Projected", Type: kind.Choice, Options: projections, Default: "all",
		Help: "Which attributes the index holds besides the keys: all of them, none, or those listed."}
	include := kind.Field{Name: "include", Title: "Included attributes", Type: kind.List}
	return kind.Spec{
		ID: "aws.dynamodb", Title: "DynamoDB table", Noun: "table", Category: "Data",
		Summary:  "Keeps items that are found by key within milliseconds at any size, and tells functions what changed",
		Keywords: []string{"database", "nosql", "store", "key value", "stream", "ttl", "index"},
		Icon:     icon, Help: help, Doc: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html",
		Shape: kind.Box, Stateful: true, Callable: true, Sample: `{"operation": "Scan", "Limit": 25}`,
		Fields: []kind.Field{
			{Name: "partitionKey", Title: "Partition key", Type: kind.Text, Required: true, Default: "id", Pattern: attributeName, Doc: docKeys,
				Help: "The attribute by which items are found and spread. Changing it replaces the table."},
			{Name: "partitionType", Title: "Type", Type: kind.Choice, Options: keyTypes, Default: "string"},
			{Name: "sortKey", Title: "Sort key", Type: kind.Text, Pattern: attributeName, Doc: docKeys,
				Help: "Orders the items of one partition and makes ranges of them readable. Left empty, a partition holds one item."},
			{Name: "sortType", Title: "Type", Type: kind.Choice, Options: keyTypes, Default: "string"},
			{Name: "ttl", Title: "Expiry attribute", Type: kind.Text, Pattern: attributeName, Doc: docTTL,
				Help: "A number of seconds since 1970 in this attribute lets the item disappear some time after."},
			{Name: "stream", Title: "Stream", Type: kind.Choice, Options: views, Default: "automatic", Doc: docStream,
				Help: "What a change record holds. Automatic: both images where a function reads the changes, else no stream."},
			{Name: "indexes", Title: "Global indexes", Type: kind.Rows, Group: "Indexes", Doc: docGlobal,
				Help: "Other keys by which items are found. CloudFormation adds or removes one of them a deployment.",
				Columns: []kind.Field{name,
					{Name: "partitionKey", Title: "Partition key", Type: kind.Text, Required: true, Pattern: attributeName},
					{Name: "partitionType", Title: "Type", Type: kind.Choice, Options: keyTypes, Default: "string"},
					sort, sortType, projection, include}},
			{Name: "localIndexes", Title: "Local indexes", Type: kind.Rows, Group: "Indexes", Doc: docLocal,
				Help: "Other sort keys within a partition. They come with the table: changing them replaces it.",
				Columns: []kind.Field{name,
					{Name: "sortKey", Title: "Sort key", Type: kind.Text, Required: true, Pattern: attributeName},
					sortType, projection, include}},
			{Name: "billing", Title: "Billing", Type: kind.Choice, Group: "Capacity", Options: []string{"on-demand", "provisioned"}, Default: "on-demand", Doc: docBilling,
				Help: "On demand, every request is paid; provisioned, what is set aside is paid, used or not."},
			{Name: "readCapacity", Title: "Read capacity", Type: kind.Number, Group: "Capacity", Default: 5.0, Min: kind.Bound(1), Max: kind.Bound(40000), Step: 1,
				Help: "Of a provisioned table and of each of its global indexes: strongly consistent reads of 4 KB a second."},
			{Name: "writeCapacity", Title: "Write capacity", Type: kind.Number, Group: "Capacity", Default: 5.0, Min: kind.Bound(1), Max: kind.Bound(40000), Step: 1,
				Help: "Of a provisioned table and of each of its global indexes: writes of 1 KB a second."},
			{Name: "tableClass", Title: "Table class", Type: kind.Choice, Group: "Capacity", Options: []string{"standard", "infrequent-access"}, Default: "standard",
				Doc: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.TableClasses.html"},
			{Name: "recovery", Title: "Point-in-time recovery", Type: kind.Flag, Group: "Safety", Default: true,
				Doc: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html", Help: "Any second of the last 35 days can be restored."},
			{Name: "encryption", Title: "Encryption key", Type: kind.Choice, Group: "Safety", Options: []string{"aws-owned", "aws-managed"}, Default: "aws-owned",
				Doc: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html", Help: "Tables are always encrypted; a managed key's use is logged and paid."},
			{Name: "protected", Title: "Protect from deletion", Type: kind.Flag, Group: "Safety", Default: false, Help: "Nobody can delete the table before this is taken back."},
			{Name: "keep", Title: "Keep when removed", Type: kind.Flag, Group: "Safety", Default: false,
				Help: "The table and its items stay in the account when it leaves the drawing or the stack is destroyed."},
			{Name: "tableName", Title: "Table name", Type: kind.Text, Group: "Advanced", Pattern: resourceName, Doc: doc,
				Help: "Left empty, CloudFormation makes a name. A fixed name stops two stacks from living in one account, and a table with one cannot be replaced."},
		},
		Ports: []kind.Port{
			{ID: "in", Title: "Requests", Dir: kind.In, Speaks: []kind.Speak{{Protocol: kind.Call, Access: []string{"readwrite", "read", "write"}}}},
			{ID: "out", Title: "Changes", Dir: kind.Out, Speaks: []kind.Speak{{Protocol: kind.Poll}}, Fields: []kind.Field{
				{Name: "startingPosition", Title: "Begin at", Type: kind.Choice, Options: []string{"TRIM_HORIZON", "LATEST"}, Default: "TRIM_HORIZON", Doc: docReader,
					Help: "A new wire begins with the oldest change that is kept (24 hours), or with the next one."},
				{Name: "batchSize", Title: "Batch size", Type: kind.Number, Default: 100.0, Min: kind.Bound(1), Max: kind.Bound(10000), Step: 1, Doc: docReader},
				{Name: "batchWindow", Title: "Batch window", Type: kind.Number, Default: 0.0, Min: kind.Bound(0), Max: kind.Bound(300), Step: 1, Unit: "s", Doc: docReader,
					Help: "How long Lambda gathers a batch."},
				{Name: "filter", Title: "Filter", Type: kind.JSON, Doc: "https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html",
					Help: "A pattern, or a list of up to five of which one must match, as {\"eventName\": [\"INSERT\"]}."},
				{Name: "partialFailures", Title: "Failures per record", Type: kind.Flag, Default: true, Doc: docErrors,
					Help: "The function may answer with batchItemFailures: the batch is tried again from the first of them on."},
				{Name: "bisect", Title: "Halve a failed batch", Type: kind.Flag, Default: true, Doc: docErrors},
				{Name: "retries", Title: "Tries again", Type: kind.Number, Default: 5.0, Min: kind.Bound(-1), Max: kind.Bound(10000), Step: 1, Doc: docErrors,
					Help: "How often a failed batch is tried again; −1 is until its records are 24 hours old, and all behind them wait."},
				{Name: "onFailure", Title: "What keeps failing", Type: kind.Choice, Options: []string{"queue", "drop"}, Default: "queue", Doc: docErrors,
					Help: "Where the position of a batch goes that used up its tries: a queue of the wire's own, kept for 14 days, or nowhere."},
				{Name: "maxAge", Title: "Oldest record", Type: kind.Number, Min: kind.Bound(60), Max: kind.Bound(86400), Step: 1, Unit: "s", Doc: docErrors,
					Help: "Older records are passed over. Left empty they are not."},
				{Name: "parallel", Title: "Batches at once per shard", Type: kind.Number, Default: 1.0, Min: kind.Bound(1), Max: kind.Bound(10), Step: 1, Doc: docReader},
				{Name: "tumblingWindow", Title: "Tumbling window", Type: kind.Number, Default: 0.0, Min: kind.Bound(0), Max: kind.Bound(900), Step: 1, Unit: "s",
					Doc: "https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html", Help: "Passes the function's answer on to its next call within the window."},
			}},
		},
	}
}
