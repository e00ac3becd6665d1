package dynamodb

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

const fortnight = 1209600 // seconds: the longest retention SQS offers

// Emit adds the table.
func (Kind) Emit(s *kind.Scope) error {
	p := map[string]any{
		"KeySchema":                        keySchema(s.String("partitionKey"), s.String("sortKey")),
		"BillingMode":                      "PAY_PER_REQUEST",
		"PointInTimeRecoverySpecification": map[string]any{"PointInTimeRecoveryEnabled": s.Flag("recovery")},
	}
	var throughput map[string]any
	if s.String("billing") == "provisioned" {
		throughput = map[string]any{"ReadCapacityUnits": int(s.Number("readCapacity")), "WriteCapacityUnits": int(s.Number("writeCapacity"))}
		p["BillingMode"], p["ProvisionedThroughput"] = "PROVISIONED", throughput
	}
	var definitions, global, local []any
	for _, a := range attributes(s) {
		if !slices.ContainsFunc(definitions, func(d any) bool { return d.(map[string]any)["AttributeName"] == a.name }) {
			definitions = append(definitions, map[string]any{"AttributeName": a.name, "AttributeType": a.typ})
		}
	}
	p["AttributeDefinitions"] = definitions
	for _, row := range s.Rows("indexes") {
		x := map[string]any{"IndexName": property.Text(row, "name"), "KeySchema": keySchema(property.Text(row, "partitionKey"), property.Text(row, "sortKey")), "Projection": projection(row)}
		if throughput != nil {
			x["ProvisionedThroughput"] = throughput
		}
		global = append(global, x)
	}
	for _, row := range s.Rows("localIndexes") {
		local = append(local, map[string]any{"IndexName": property.Text(row, "name"), "KeySchema": keySchema(s.String("partitionKey"), property.Text(row, "sortKey")), "Projection": projection(row)})
	}
	if global != nil {
		p["GlobalSecondaryIndexes"] = global
	}
	if local != nil {
		p["LocalSecondaryIndexes"] = local
	}
	if view := s.String("stream"); view != "automatic" {
		p["StreamSpecification"] = map[string]any{"StreamViewType": view}
	}
	if name := s.String("ttl"); name != "" {
		p["TimeToLiveSpecification"] = map[string]any{"AttributeName": name, "Enabled": true}
	}
	if s.String("encryption") == "aws-managed" {
		p["SSESpecification"] = map[string]any{"SSEEnabled": true}
	}
	if s.String("tableClass") == "infrequent-access" {
		p["TableClass"] = "STANDARD_INFREQUENT_ACCESS"
	}
	if s.Flag("protected") {
		p["DeletionProtectionEnabled"] = true
	}
	if name := s.String("tableName"); name != "" {
		p["TableName"] = name
	}
	id := s.AddStateful("", kind.Resource{Type: tableType, Properties: p})
	s.Output("Name", "Name of the table "+s.Node.Name, cfn.Ref(id))
	return nil
}

// The actions of each access. Queries and scans of an index are asked for by the index's own ARN.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
var (
	readActions  = []string{"dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}
	writeActions = []string{"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:DescribeTable", "dynamodb:PutItem", "dynamodb:UpdateItem"}
	indexActions = []string{"dynamodb:Query", "dynamodb:Scan"}
)

// Grant lets a caller read, write or both.
func (Kind) Grant(w *kind.Wire) (kind.Grant, error) {
	table := w.To.Logical("")
	arn := cfn.GetAtt(table, "Arn")
	g := kind.Grant{ARN: arn, Variables: map[string]any{"TABLE_NAME": cfn.Ref(table)}}
	actions := map[string][]string{"read": readActions, "write": writeActions, "readwrite": slices.Concat(readActions, writeActions)}[w.Edge.Access]
	if actions == nil {
		return g, fault.New(fault.Invalid, "a table offers no access %q", w.Edge.Access).At(string(w.Edge.ID)).Try("choose read, write or readwrite")
	}
	g.Statements = []kind.Statement{{Actions: actions, Resources: []any{arn}}}
	if indexed := len(w.To.Rows("indexes"))+len(w.To.Rows("localIndexes")) > 0; indexed && w.Edge.Access != "write" {
		g.Statements = append(g.Statements, kind.Statement{Actions: indexActions, Resources: []any{cfn.Join("", arn, "/index/*")}})
	}
	return g, nil
}

// Stream lets Lambda read the table's changes, and turns the stream on where it is automatic.
func (Kind) Stream(w *kind.Wire) (kind.Stream, error) {
	table := w.From.Resource("")
	if table.Properties["StreamSpecification"] == nil {
		table.Properties["StreamSpecification"] = map[string]any{"StreamViewType": "NEW_AND_OLD_IMAGES"}
	}
	arn := cfn.GetAtt(w.From.Logical(""), "StreamArn")
	out := kind.Stream{ARN: arn, Statements: []kind.Statement{{Resources: []any{arn},
		Actions: []string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}}}}
	p := map[string]any{"StartingPosition": w.String("startingPosition"), "BatchSize": int(w.Number("batchSize")), "MaximumRetryAttempts": int(w.Number("retries"))}
	for name, field := range map[string]string{"MaximumBatchingWindowInSeconds": "batchWindow", "MaximumRecordAgeInSeconds": "maxAge", "TumblingWindowInSeconds": "tumblingWindow"} {
		if n := int(w.Number(field)); n > 0 {
			p[name] = n
		}
	}
	if n := int(w.Number("parallel")); n > 1 {
		p["ParallelizationFactor"] = n
	}
	if w.Flag("bisect") {
		p["BisectBatchOnFunctionError"] = true
	}
	if w.Flag("partialFailures") {
		p["FunctionResponseTypes"] = []any{"ReportBatchItemFailures"}
	}
	if w.Number("parallel") > 1 && w.Number("tumblingWindow") > 0 {
		w.Find(fault.Blocking, "stream-window", "parallel", "one batch at once", "Lambda has no tumbling windows for several batches of a shard at once")
	}
	filters, err := patterns(w.Value("filter"))
	if err != nil {
		w.Find(fault.Blocking, "stream-filter", "filter", `write it as {"eventName": ["INSERT"]}`, "%s", err.Error())
	} else if len(filters) > 0 {
		p["FilterCriteria"] = map[string]any{"Filters": filters}
	}
	if w.String("onFailure") == "queue" {
		id := w.Add("Failures", kind.Resource{Type: "AWS::SQS::Queue", DeletionPolicy: "Delete", UpdateReplacePolicy: "Delete",
			Properties: map[string]any{"MessageRetentionPeriod": fortnight, "SqsManagedSseEnabled": true}})
		queue := cfn.GetAtt(id, "Arn")
		p["DestinationConfig"] = map[string]any{"OnFailure": map[string]any{"Destination": queue}}
		out.Statements = append(out.Statements, kind.Statement{Actions: []string{"sqs:SendMessage"}, Resources: []any{queue}})
	}
	out.Properties = p
	return out, nil
}

// patterns prints filter patterns as the mapping takes them: each as JSON text.
func patterns(v any) ([]any, error) {
	if v == nil {
		return nil, nil
	}
	list, many := v.([]any)
	if !many {
		list = []any{v}
	}
	if len(list) > 5 {
		return nil, fmt.Errorf("%d filter patterns are more than the five that Lambda takes", len(list))
	}
	var out []any
	for _, pattern := range list {
		if _, ok := pattern.(map[string]any); !ok {
			return nil, fmt.Errorf("a filter pattern is an object, and %v is none", pattern)
		}
		var text bytes.Buffer
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		if err := e.Encode(pattern); err != nil {
			return nil, fmt.Errorf("the filter pattern cannot be printed: %w", err)
		}
		out = append(out, map[string]any{"Pattern": strings.TrimSpace(text.String())})
	}
	return out, nil
}

// attribute is an attribute that some key is made of, where it is used, and its type there (S, N or B).
type attribute struct{ name, typ, field string }

// attributes are those of all keys, in the order of the form.
func attributes(s *kind.Scope) []attribute {
	var out []attribute
	add := func(field, name, typ string) {
		if name != "" {
			out = append(out, attribute{name, map[string]string{"number": "N", "binary": "B"}[typ], field})
			if a := &out[len(out)-1]; a.typ == "" {
				a.typ = "S"
			}
		}
	}
	add("partitionKey", s.String("partitionKey"), s.String("partitionType"))
	add("sortKey", s.String("sortKey"), s.String("sortType"))
	for _, row := range s.Rows("indexes") {
		add("indexes", property.Text(row, "partitionKey"), property.Text(row, "partitionType"))
		add("indexes", property.Text(row, "sortKey"), property.Text(row, "sortType"))
	}
	for _, row := range s.Rows("localIndexes") {
		add("localIndexes", property.Text(row, "sortKey"), property.Text(row, "sortType"))
	}
	return out
}

func keySchema(partition, sort string) []any {
	out := []any{map[string]any{"AttributeName": partition, "KeyType": "HASH"}}
	if sort != "" {
		out = append(out, map[string]any{"AttributeName": sort, "KeyType": "RANGE"})
	}
	return out
}

func projection(row map[string]any) map[string]any {
	switch property.Text(row, "projection") {
	case "keys":
		return map[string]any{"ProjectionType": "KEYS_ONLY"}
	case "include":
		include, _ := row["include"].([]any)
		return map[string]any{"ProjectionType": "INCLUDE", "NonKeyAttributes": include}
	}
	return map[string]any{"ProjectionType": "ALL"}
}
