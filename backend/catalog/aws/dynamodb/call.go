package dynamodb

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// first is how many items an empty call shows.
const first = 25

// Call turns {"operation": "PutItem", "Item": {…}} into a request to the table; the rest of the payload is the operation's
// own parameters, without the table's name. Where the API wants typed values, plain JSON will do: "one" stands for
// {"S": "one"}. An empty payload shows the first items.
func (Kind) Call(t kind.Target, payload []byte) (kind.Request, error) {
	table, ok := t.Resources[""]
	if !ok {
		return kind.Request{}, fault.New(fault.NotFound, "the table is not deployed").At(t.Node)
	}
	in := map[string]any{"operation": "Scan", "Limit": first}
	if len(payload) > 0 {
		in = nil
		d := json.NewDecoder(bytes.NewReader(payload))
		d.UseNumber() // a number may have 38 digits
		if err := d.Decode(&in); err != nil {
			return kind.Request{}, fault.Wrap(err, fault.Invalid, "read the payload").At(t.Node).Try(`write an object such as {"operation": "Scan", "Limit": 25}`)
		}
	}
	operation, _ := in["operation"].(string)
	delete(in, "operation")
	if !slices.Contains([]string{"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "DescribeTable", "DescribeTimeToLive"}, operation) {
		return kind.Request{}, fault.New(fault.Invalid, "a table cannot be called with the operation %q", operation).At(t.Node).
			Try("use GetItem, PutItem, UpdateItem, DeleteItem, Query, Scan, DescribeTable or DescribeTimeToLive")
	}
	in["TableName"] = table.PhysicalID
	for _, name := range []string{"Item", "Key", "ExpressionAttributeValues", "ExclusiveStartKey"} {
		if attributes, ok := in[name].(map[string]any); ok {
			for _, a := range slices.Collect(maps.Keys(attributes)) {
				attributes[a] = typed(attributes[a])
			}
		}
	}
	body, err := json.Marshal(in)
	if err != nil {
		return kind.Request{}, fault.Wrap(err, fault.Invalid, "print the request").At(t.Node)
	}
	return kind.Request{Service: "dynamodb", Method: "POST", Path: "/", Body: body,
		Header: map[string]string{"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810." + operation}}, nil
}

// typed gives a JSON value its DynamoDB type; what has one already stays as it is.
func typed(v any) any {
	switch v := v.(type) {
	case nil:
		return map[string]any{"NULL": true}
	case bool:
		return map[string]any{"BOOL": v}
	case json.Number:
		return map[string]any{"N": v.String()}
	case string:
		return map[string]any{"S": v}
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = typed(e)
		}
		return map[string]any{"L": list}
	case map[string]any:
		for name := range v {
			if len(v) == 1 && slices.Contains([]string{"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"}, name) {
				return v
			}
		}
		members := map[string]any{}
		for name, e := range v {
			members[name] = typed(e)
		}
		return map[string]any{"M": members}
	}
	return v
}
