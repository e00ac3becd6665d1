package dynamodb

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

func TestItems(t *testing.T) {
	b := newBench(t)
	b.table("Simple", simple)
	b.same(b.do("GetItem", `{"TableName":"simple","Key":{"id":{"S":"a"}}}`), `{}`)
	b.same(b.do("PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"},"n":{"N":"1.50"},"b":{"B":"AAEC"},"e":{"S":""},"l":{"L":[]},"m":{"M":{}},"z":{"NULL":true},"ns":{"NS":["10","9"]},"html":{"S":"<&>"}}}`), `{}`)
	b.same(b.do("GetItem", `{"TableName":"simple","Key":{"id":{"S":"a"}},"ConsistentRead":true,"ReturnConsumedCapacity":"TOTAL"}`),
		`{"ConsumedCapacity":{"CapacityUnits":1,"TableName":"simple"},"Item":{"b":{"B":"AAEC"},"e":{"S":""},"html":{"S":"\u003c\u0026\u003e"},"id":{"S":"a"},"l":{"L":[]},"m":{"M":{}},"n":{"N":"1.5"},"ns":{"NS":["9","10"]},"z":{"NULL":true}}}`)
	b.same(b.do("GetItem", `{"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/simple","Key":{"id":{"S":"a"}},"ProjectionExpression":"#n, e","ExpressionAttributeNames":{"#n":"n"}}`), `{"Item":{"e":{"S":""},"n":{"N":"1.5"}}}`)
	b.same(b.do("GetItem", `{"TableName":"simple","Key":{"id":{"S":"a"}},"ProjectionExpression":"absent"}`), `{"Item":{}}`)
	b.same(b.do("PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"},"n":{"N":"2"}},"ReturnValues":"ALL_OLD","ConditionExpression":"size(ns) = :two","ExpressionAttributeValues":{":two":{"N":"2"}}}`)["Attributes"].(map[string]any)["n"], `{"N":"1.5"}`)
	b.same(b.fails("PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ConditionExpression":"attribute_not_exists(id)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`,
		"ConditionalCheckFailedException", "The conditional request failed")["Item"], `{"id":{"S":"a"},"n":{"N":"2"}}`)
	if m := b.fails("PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ConditionExpression":"attribute_not_exists(id)"}`, "ConditionalCheckFailedException", "The conditional request failed"); m["Item"] != nil {
		t.Errorf("nobody asked for %v", m["Item"])
	}
	// a condition is checked where there is no item, too
	b.fails("DeleteItem", `{"TableName":"simple","Key":{"id":{"S":"none"}},"ConditionExpression":"attribute_exists(id)"}`, "ConditionalCheckFailedException", "The conditional request failed")
	b.same(b.do("DeleteItem", `{"TableName":"simple","Key":{"id":{"S":"none"}},"ReturnValues":"ALL_OLD"}`), `{}`)
	b.same(b.do("DeleteItem", `{"TableName":"simple","Key":{"id":{"S":"a"}},"ReturnValues":"ALL_OLD"}`), `{"Attributes":{"id":{"S":"a"},"n":{"N":"2"}}}`)
	b.same(b.do("Scan", `{"TableName":"simple"}`), `{"Count":0,"Items":[],"ScannedCount":0}`)
}

func TestUpdates(t *testing.T) {
	b := newBench(t)
	b.table("Simple", simple)
	update := func(expression, values, returns string) any {
		t.Helper()
		if values != "" {
			values = `,"ExpressionAttributeValues":` + values
		}
		return b.do("UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"a"}},"UpdateExpression":"`+expression+`"`+values+`,"ReturnValues":"`+returns+`"}`)["Attributes"]
	}
	b.same(update("SET n = if_not_exists(n, :zero) + :one, l = list_append(if_not_exists(l, :none), :more), m = :m", `{":zero":{"N":"0"},":one":{"N":"1"},":none":{"L":[]},":more":{"L":[{"S":"x"}]},":m":{"M":{"k":{"S":"v"}}}}`, "ALL_NEW"),
		`{"id":{"S":"a"},"l":{"L":[{"S":"x"}]},"m":{"M":{"k":{"S":"v"}}},"n":{"N":"1"}}`)
	b.same(update("SET m.k = :v, n = n - :v2 ADD tags :s", `{":v":{"S":"w"},":v2":{"N":"0.5"},":s":{"SS":["b","a"]}}`, "UPDATED_NEW"), `{"m":{"M":{"k":{"S":"w"}}},"n":{"N":"0.5"},"tags":{"SS":["a","b"]}}`)
	b.same(update("SET n = :v, fresh = :v DELETE tags :s", `{":v":{"N":"7"},":s":{"SS":["a"]}}`, "UPDATED_OLD"), `{"n":{"N":"0.5"},"tags":{"SS":["a","b"]}}`)
	b.same(update("DELETE tags :s REMOVE l[0], fresh", `{":s":{"SS":["b","c"]}}`, "ALL_NEW"), `{"id":{"S":"a"},"l":{"L":[]},"m":{"M":{"k":{"S":"w"}}},"n":{"N":"7"}}`)
	b.same(update("ADD n :v, hits :v", `{":v":{"N":"3"}}`, "UPDATED_NEW"), `{"hits":{"N":"3"},"n":{"N":"10"}}`)
	b.same(b.do("UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"new"}},"ReturnValues":"ALL_NEW"}`), `{"Attributes":{"id":{"S":"new"}}}`)
	for _, c := range []struct{ expression, values, message string }{
		{"SET x = y", "", "The provided expression refers to an attribute that does not exist in the item"},
		{"SET m.x.y = :v", `{":v":{"N":"1"}}`, "The document path provided in the update expression is invalid for update"},
		{"SET n = m + :v", `{":v":{"N":"1"}}`, "An operand in the update expression has an incorrect data type"},
		{"ADD m :v", `{":v":{"N":"1"}}`, "An operand in the update expression has an incorrect data type"},
		{"SET id = :v", `{":v":{"S":"1"}}`, "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key"},
		{"SET id.x = :v", `{":v":{"S":"1"}}`, "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key"},
		{"SET x = id.y", "", "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: id"},
		{"SET n = n + :v", `{":v":{"N":"99999999999999999999999999999999999999.5"}}`, "ExpressionAttributeValues contains invalid value: Attempting to store more than 38 significant digits in a Number for key :v"},
		{"SET x = :v", `{":v":{"S":"` + strings.Repeat("x", 400<<10) + `"}}`, "Item size to update has exceeded the maximum allowed size"},
		{"SET x = :v, x = :v", `{":v":{"S":"1"}}`, "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [x], path two: [x]"},
	} {
		values := ""
		if c.values != "" {
			values = `,"ExpressionAttributeValues":` + c.values
		}
		b.fails("UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"a"}},"UpdateExpression":"`+c.expression+`"`+values+`}`, "ValidationException", c.message)
	}
}

// The words are DynamoDB's own.
func TestRefusals(t *testing.T) {
	b := newBench(t)
	b.table("Simple", simple)
	b.table("Music", music)
	long := strings.Repeat("k", 2049)
	for _, c := range []struct{ operation, body, message string }{
		{"PutItem", `{"TableName":"simple","Item":{"n":{"N":"1"}}}`, "One or more parameter values were invalid: Missing the key id in the item"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"N":"1"}}}`, "One or more parameter values were invalid: Type mismatch for key id expected: S actual: N"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":""}}}`, "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"` + long + `"}}}`, "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"},"x":{"S":"` + strings.Repeat("x", 400<<10) + `"}}}`, "Item size has exceeded the maximum allowed size"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"},"x":{"SS":[]}}}`, "One or more parameter values were invalid: An string set  may not be empty"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"},"x":{"SS":["a","a"]}}}`, "One or more parameter values were invalid: Input collection [a, a] contains duplicates."},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"},"x":{"N":"one"}}}`, "The parameter cannot be converted to a numeric value: one"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"},"x":{"N":"1E126"}}}`, "Number overflow. Attempting to store a number with magnitude larger than supported range"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"},"x":{"N":"1E-131"}}}`, "Number underflow. Attempting to store a number with magnitude smaller than supported range"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"},"x":{}}}`, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"},"x":{"S":"a","N":"1"}}}`, "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ReturnValues":"ALL_NEW"}`, "ReturnValues can only be ALL_OLD or NONE"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ReturnValues":"SOME"}`, "1 validation error detected: Value 'SOME' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ExpressionAttributeNames":{"#a":"b"}}`, "ExpressionAttributeNames can only be specified when using expressions"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ExpressionAttributeValues":{":a":{"S":"b"}}}`, "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null"},
		{"UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"a"}},"ExpressionAttributeValues":{":a":{"S":"b"}}}`, "ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ConditionExpression":"attribute_exists(id)","ExpressionAttributeNames":{}}`, "ExpressionAttributeNames must not be empty"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ConditionExpression":"attribute_exists(id)","ExpressionAttributeNames":{"a":"b"}}`, `ExpressionAttributeNames contains invalid key: Syntax error; key: "a"`},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ConditionExpression":"attribute_exists(id)","ExpressionAttributeValues":{"a":{"S":"b"}}}`, `ExpressionAttributeValues contains invalid key: Syntax error; key: "a"`},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ConditionExpression":"attribute_exists(id)","ExpressionAttributeNames":{"#b":"b","#a":"b"}}`, "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ConditionExpression":"attribute_exists(id)","ExpressionAttributeValues":{":a":{"S":"b"}}}`, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ConditionExpression":"id.x = :a","ExpressionAttributeValues":{":a":{"S":"b"}}}`, "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: id"},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ConditionExpression":""}`, "Invalid ConditionExpression: The expression can not be empty;"},
		{"PutItem", `{"TableName":"simple"}`, "1 validation error detected: Value null at 'item' failed to satisfy constraint: Member must not be null"},
		{"PutItem", `{"Item":{}}`, "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null"},
		{"GetItem", `{"TableName":"simple","Key":{"id":{"N":"1"}}}`, "The provided key element does not match the schema"},
		{"GetItem", `{"TableName":"simple","Key":{"id":{"S":"1"},"x":{"S":"1"}}}`, "The provided key element does not match the schema"},
		{"GetItem", `{"TableName":"music","Key":{"artist":{"S":"1"}}}`, "The provided key element does not match the schema"},
		{"GetItem", `{"TableName":"simple","Key":{"id":{"S":"a"}},"ProjectionExpression":"name"}`, "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: name"},
		{"PutItem", `{"TableName":"music","Item":{"artist":{"S":"a"},"year":{"N":"1"},"genre":{"N":"1"}}}`, "One or more parameter values were invalid: Type mismatch for Index Key genre Expected: S Actual: N IndexName: by-genre"},
		{"PutItem", `{"TableName":"music","Item":{"artist":{"S":"a"},"year":{"N":"1"},"genre":{"S":""}}}`, "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by-genre, IndexKey: genre"},
		{"BatchGetItem", `{"RequestItems":{}}`, "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"BatchGetItem", `{"RequestItems":{"simple":{"Keys":[{"id":{"S":"a"}},{"id":{"S":"a"}}]}}}`, "Provided list of item keys contains duplicates"},
		{"BatchWriteItem", `{"RequestItems":{"simple":[{"PutRequest":{"Item":{"id":{"S":"a"}}}},{"DeleteRequest":{"Key":{"id":{"S":"a"}}}}]}}`, "Provided list of item keys contains duplicates"},
		{"TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"simple","Item":{"id":{"S":"a"}}}},{"Delete":{"TableName":"simple","Key":{"id":{"S":"a"}}}}]}`, "Transaction request cannot include multiple operations on one item"},
		{"TransactWriteItems", `{"TransactItems":[{}]}`, "The action or operation requested is invalid. Verify that the action is typed correctly."},
	} {
		b.fails(c.operation, c.body, "ValidationException", c.message)
	}
	b.same(b.do("Scan", `{"TableName":"simple","Select":"COUNT"}`), `{"Count":0,"ScannedCount":0}`)
	b.same(b.do("Scan", `{"TableName":"music","Select":"COUNT"}`), `{"Count":0,"ScannedCount":0}`)

	b.fails("GetItem", `{"TableName":"other","Key":{"id":{"S":"1"}}}`, "ResourceNotFoundException", "Requested resource not found")
	b.fails("DescribeTable", `{"TableName":"other"}`, "ResourceNotFoundException", "Requested resource not found: Table: other not found")
	b.fails("GetItem", `{"TableName":"simple","Key":{"id":{"S":1}}}`, "SerializationException", "the value of type S has the wrong JSON form")
	b.fails("GetItem", `{"TableName":5}`, "SerializationException", "TableName has the wrong JSON type: number")
	b.fails("GetItem", `{`, "SerializationException", "the request is no JSON: unexpected EOF")
	// What only the embedded sandbox cannot do is refused by name.
	b.fails("GetItem", `{"TableName":"simple","AttributesToGet":["a"]}`, "UnknownOperationException", `the embedded sandbox does not know the legacy parameter "AttributesToGet": use ProjectionExpression`)
	b.fails("GetItem", `{"TableName":"simple","Foo":1}`, "UnknownOperationException", `the embedded sandbox does not know the parameter "Foo" of GetItem`)
	b.fails("PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}},"ReturnItemCollectionMetrics":"SIZE"}`, "UnknownOperationException", "the embedded sandbox does not measure item collections: leave ReturnItemCollectionMetrics out")
	b.fails("ExecuteStatement", `{}`, "UnknownOperationException", "the embedded sandbox does not carry out ExecuteStatement: it has no PartiQL; use the operations on items")
	b.fails("CreateTable", `{}`, "UnknownOperationException", "the embedded sandbox does not carry out CreateTable: tables are created and changed by drawing them")
	r := b.serve(t.Context(), b.World, kind.APIRequest{HTTPRequest: kind.HTTPRequest{Header: map[string][]string{"X-Amz-Target": {"DynamoDBStreams_20120810.GetRecords"}}}})
	if !strings.Contains(string(r.Body), "does not carry out GetRecords: a table's changes reach the functions that are wired to it") || r.Status != 400 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

func TestPermissionsAreAskedPerActionAndResource(t *testing.T) {
	b := newBench(t)
	b.table("Simple", simple)
	b.table("Music", music)
	const table = "arn:aws:dynamodb:us-east-1:000000000000:table/"
	for _, c := range []struct{ operation, body, action, resource, about string }{
		{"GetItem", `{"TableName":"simple","Key":{"id":{"S":"a"}},"ProjectionExpression":"b.c"}`, "GetItem", "simple", `{"dynamodb:Attributes":"b\u001fid","dynamodb:LeadingKeys":"a","dynamodb:Select":"SPECIFIC_ATTRIBUTES"}`},
		{"PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"},"x":{"S":"b"}},"ReturnValues":"ALL_OLD"}`, "PutItem", "simple", `{"dynamodb:Attributes":"id\u001fx","dynamodb:LeadingKeys":"a","dynamodb:ReturnValues":"ALL_OLD"}`},
		{"UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"a"}},"UpdateExpression":"SET y = if_not_exists(z, :v)","ExpressionAttributeValues":{":v":{"S":"b"}}}`, "UpdateItem", "simple", `{"dynamodb:Attributes":"id\u001fy\u001fz","dynamodb:LeadingKeys":"a"}`},
		{"DeleteItem", `{"TableName":"simple","Key":{"id":{"S":"a"}}}`, "DeleteItem", "simple", `{"dynamodb:Attributes":"id","dynamodb:LeadingKeys":"a"}`},
		{"Query", `{"TableName":"music","IndexName":"by-genre","KeyConditionExpression":"genre = :g","ExpressionAttributeValues":{":g":{"S":"jazz"}}}`, "Query", "music/index/by-genre", `{"dynamodb:Attributes":"genre","dynamodb:LeadingKeys":"jazz","dynamodb:Select":"ALL_PROJECTED_ATTRIBUTES"}`},
		{"Scan", `{"TableName":"music"}`, "Scan", "music", `{"dynamodb:Select":"ALL_ATTRIBUTES"}`},
		{"BatchGetItem", `{"RequestItems":{"simple":{"Keys":[{"id":{"S":"b"}},{"id":{"S":"a"}}]}}}`, "BatchGetItem", "simple", `{"dynamodb:Attributes":"id","dynamodb:LeadingKeys":"a\u001fb","dynamodb:Select":"ALL_ATTRIBUTES"}`},
		{"BatchWriteItem", `{"RequestItems":{"simple":[{"DeleteRequest":{"Key":{"id":{"S":"a"}}}}]}}`, "BatchWriteItem", "simple", `{"dynamodb:Attributes":"id","dynamodb:LeadingKeys":"a"}`},
		{"TransactWriteItems", `{"TransactItems":[{"ConditionCheck":{"TableName":"simple","Key":{"id":{"S":"a"}},"ConditionExpression":"attribute_exists(id)"}}]}`, "ConditionCheckItem", "simple", `{"dynamodb:Attributes":"id","dynamodb:LeadingKeys":"a"}`},
		{"TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"simple","Key":{"id":{"S":"a"}}}}]}`, "GetItem", "simple", `{"dynamodb:Attributes":"id","dynamodb:LeadingKeys":"a","dynamodb:Select":"ALL_ATTRIBUTES"}`},
		{"GetItem", `{"TableName":"nothing","Key":{"id":{"S":"a"}}}`, "GetItem", "nothing", `{}`},
		{"DescribeTable", `{"TableName":"simple"}`, "DescribeTable", "simple", `{}`},
		{"ListTables", `{}`, "ListTables", "*", `null`},
	} {
		b.Denied = func(a kind.Access) error { return fault.New(fault.Denied, "no %s", a.Action) }
		b.fails(c.operation, c.body, "AccessDeniedException", "no dynamodb:"+c.action)
		asked := b.Asked()
		last := asked[len(asked)-1]
		about, _ := json.Marshal(last.Context)
		if last.Resource != table+c.resource || string(about) != c.about || last.Principal != b.who {
			t.Errorf("%s asks for %s with %s, want %s with %s", c.operation, last.Resource, about, table+c.resource, c.about)
		}
	}
}

// Writers at the same time do not lose one another's changes.
func TestConcurrentWrites(t *testing.T) {
	b := newBench(t)
	in := b.table("Music", music)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 25 {
				b.ask("UpdateItem", `{"TableName":"music","Key":{"artist":{"S":"a"},"year":{"N":"1"}},"UpdateExpression":"ADD plays :n SET genre = :g","ExpressionAttributeValues":{":n":{"N":"1"},":g":{"S":"`+strconv.Itoa(i)+`"}}}`)
				b.ask("Query", `{"TableName":"music","IndexName":"by-genre","KeyConditionExpression":"genre = :g","ExpressionAttributeValues":{":g":{"S":"1"}}}`)
			}
		})
	}
	all.Wait()
	b.same(b.do("GetItem", `{"TableName":"music","Key":{"artist":{"S":"a"},"year":{"N":"1"}},"ProjectionExpression":"plays"}`), `{"Item":{"plays":{"N":"200"}}}`)
	b.same(b.do("Scan", `{"TableName":"music","IndexName":"by-genre","Select":"COUNT"}`), `{"Count":1,"ScannedCount":1}`)
	if batch := b.receive(in, kind.PollRequest{Max: 1000, Position: "TRIM_HORIZON"}); len(batch.Records) != 200 {
		t.Errorf("%d records of 200 changes", len(batch.Records))
	}
}

func TestBatches(t *testing.T) {
	b := newBench(t)
	b.table("Simple", simple)
	b.table("Music", music)
	b.same(b.do("BatchWriteItem", `{"RequestItems":{"simple":[{"PutRequest":{"Item":{"id":{"S":"a"}}}},{"PutRequest":{"Item":{"id":{"S":"b"}}}}],"music":[{"PutRequest":{"Item":{"artist":{"S":"x"},"year":{"N":"1"},"genre":{"S":"jazz"},"plays":{"N":"4"}}}}]},"ReturnConsumedCapacity":"INDEXES"}`),
		`{"ConsumedCapacity":[{"CapacityUnits":3,"GlobalSecondaryIndexes":{"by-genre":{"CapacityUnits":1}},"LocalSecondaryIndexes":{"by-plays":{"CapacityUnits":1}},"Table":{"CapacityUnits":1},"TableName":"music"},{"CapacityUnits":2,"Table":{"CapacityUnits":2},"TableName":"simple"}],"UnprocessedItems":{}}`)
	b.do("BatchWriteItem", `{"RequestItems":{"simple":[{"DeleteRequest":{"Key":{"id":{"S":"a"}}}}]}}`)
	b.same(b.do("BatchGetItem", `{"RequestItems":{"simple":{"Keys":[{"id":{"S":"a"}},{"id":{"S":"b"}}]},"music":{"Keys":[{"artist":{"S":"x"},"year":{"N":"1.0"}}],"ProjectionExpression":"plays"}},"ReturnConsumedCapacity":"TOTAL"}`),
		`{"ConsumedCapacity":[{"CapacityUnits":0.5,"TableName":"music"},{"CapacityUnits":1,"TableName":"simple"}],"Responses":{"music":[{"plays":{"N":"4"}}],"simple":[{"id":{"S":"b"}}]},"UnprocessedKeys":{}}`)
	var puts, keys []string
	for i := range 101 {
		puts = append(puts, fmt.Sprintf(`{"PutRequest":{"Item":{"id":{"S":"%d"}}}}`, i))
		keys = append(keys, fmt.Sprintf(`{"id":{"S":"%d"}}`, i))
	}
	b.fails("BatchGetItem", `{"RequestItems":{"simple":{"Keys":[`+strings.Join(keys, ",")+`]}}}`, "ValidationException", "Too many items requested for the BatchGetItem call")
	b.fails("BatchWriteItem", `{"RequestItems":{"simple":[`+strings.Join(puts[:26], ",")+`]}}`, "ValidationException",
		"1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]")
	// One bad item refuses the whole batch.
	b.fails("BatchWriteItem", `{"RequestItems":{"simple":[`+puts[50]+`,{"PutRequest":{"Item":{"id":{"N":"1"}}}}]}}`, "ValidationException", "One or more parameter values were invalid: Type mismatch for key id expected: S actual: N")
	b.same(b.do("GetItem", `{"TableName":"simple","Key":`+keys[50]+`}`), `{}`)
	// An answer holds at most 16 MB.
	for i := range 50 {
		b.do("PutItem", fmt.Sprintf(`{"TableName":"simple","Item":{"id":{"S":"%d"},"x":{"S":"%s"}}}`, i, strings.Repeat("x", 399<<10)))
	}
	r := b.do("BatchGetItem", `{"RequestItems":{"simple":{"Keys":[`+strings.Join(keys[:50], ",")+`],"ConsistentRead":true}}}`)
	got, rest := len(r["Responses"].(map[string]any)["simple"].([]any)), r["UnprocessedKeys"].(map[string]any)["simple"].(map[string]any)
	if left := len(rest["Keys"].([]any)); got != 41 || got+left != 50 || rest["ConsistentRead"] != true {
		t.Errorf("%d items came and %d keys are left", got, left)
	}
}
