package dynamodb

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// years lists what a query or scan answers.
func years(answer map[string]any) string {
	var out []string
	for _, i := range answer["Items"].([]any) {
		item := i.(map[string]any)
		if y, ok := item["year"].(map[string]any); ok {
			out = append(out, y["N"].(string))
		} else {
			out = append(out, "?")
		}
	}
	return strings.Join(out, " ")
}

func discography(b *bench) {
	b.table("Music", music)
	for i, year := range []int{1959, -3, 1960, 1970, 0, 100} {
		b.album("davis", year, fmt.Sprintf(`,"plays":{"N":"%d"},"genre":{"S":"jazz"},"title":{"S":"t%d"},"label":{"S":"l%d"}`, 10-i, i, i%2))
	}
	b.album("evans", 1961, `,"genre":{"S":"jazz"},"plays":{"N":"7"}`)
	b.album("nobody", 5, ``)
}

func TestQuery(t *testing.T) {
	b := newBench(t)
	discography(b)
	for _, c := range []struct{ condition, values, more, want string }{
		{"artist = :a", `":a":{"S":"davis"}`, "", "-3 0 100 1959 1960 1970"},
		{"artist = :a", `":a":{"S":"davis"}`, `,"ScanIndexForward":false`, "1970 1960 1959 100 0 -3"},
		{":a = artist AND (#y > :y)", `":a":{"S":"davis"},":y":{"N":"0"}`, "", "100 1959 1960 1970"},
		{"artist = :a AND :y < #y", `":a":{"S":"davis"},":y":{"N":"1959.5"}`, "", "1960 1970"},
		{"artist = :a AND #y >= :y", `":a":{"S":"davis"},":y":{"N":"1960"}`, "", "1960 1970"},
		{"artist = :a AND #y < :y", `":a":{"S":"davis"},":y":{"N":"1E2"}`, "", "-3 0"},
		{"#y <= :y AND artist = :a", `":a":{"S":"davis"},":y":{"N":"100"}`, `,"ScanIndexForward":false`, "100 0 -3"},
		{"artist = :a AND #y < :y", `":a":{"S":"davis"},":y":{"N":"-3"}`, "", ""},
		{"artist = :a AND #y <= :y", `":a":{"S":"davis"},":y":{"N":"-3"}`, `,"ScanIndexForward":false`, "-3"},
		{"artist = :a AND #y > :y", `":a":{"S":"davis"},":y":{"N":"-3"}`, "", "0 100 1959 1960 1970"},
		{"artist = :a AND #y BETWEEN :y AND :z", `":a":{"S":"davis"},":y":{"N":"0"},":z":{"N":"1959"}`, "", "0 100 1959"},
		{"artist = :a AND #y = :y", `":a":{"S":"davis"},":y":{"N":"100.0"}`, "", "100"},
		{"artist = :a", `":a":{"S":"none"}`, "", ""},
		{"artist = :a", `":a":{"S":"davis"},":l":{"S":"l1"}`, `,"FilterExpression":"label = :l"`, "-3 100 1970"},
	} {
		names := ""
		if strings.Contains(c.condition, "#y") {
			names = `,"ExpressionAttributeNames":{"#y":"year"}`
		}
		if got := years(b.do("Query", `{"TableName":"music","KeyConditionExpression":"`+c.condition+`","ExpressionAttributeValues":{`+c.values+`}`+names+c.more+`}`)); got != c.want {
			t.Errorf("%s %s %s: %s, want %s", c.condition, c.values, c.more, got, c.want)
		}
	}
}

func TestQueryOfIndexes(t *testing.T) {
	b := newBench(t)
	discography(b)
	// Items without the index's key are not in it; its attributes are the keys and what is included.
	b.same(b.do("Query", `{"TableName":"music","IndexName":"by-genre","KeyConditionExpression":"genre = :g AND plays BETWEEN :l AND :h","ExpressionAttributeValues":{":g":{"S":"jazz"},":l":{"N":"6"},":h":{"N":"7"}},"ReturnConsumedCapacity":"INDEXES"}`),
		`{"ConsumedCapacity":{"CapacityUnits":0.5,"GlobalSecondaryIndexes":{"by-genre":{"CapacityUnits":0.5}},"Table":{"CapacityUnits":0},"TableName":"music"},"Count":3,"Items":[`+
			`{"artist":{"S":"davis"},"genre":{"S":"jazz"},"plays":{"N":"6"},"title":{"S":"t4"},"year":{"N":"0"}},`+
			`{"artist":{"S":"davis"},"genre":{"S":"jazz"},"plays":{"N":"7"},"title":{"S":"t3"},"year":{"N":"1970"}},`+
			`{"artist":{"S":"evans"},"genre":{"S":"jazz"},"plays":{"N":"7"},"year":{"N":"1961"}}],"ScannedCount":3}`)
	// A local index holds keys alone, and fetches what else is asked for.
	const local = `{"TableName":"music","IndexName":"by-plays","KeyConditionExpression":"artist = :a AND plays > :p","ExpressionAttributeValues":{":a":{"S":"davis"},":p":{"N":"9"}}`
	b.same(b.do("Query", local+`}`)["Items"], `[{"artist":{"S":"davis"},"plays":{"N":"10"},"year":{"N":"1959"}}]`)
	b.same(b.do("Query", local+`,"ConsistentRead":true,"ProjectionExpression":"title"}`)["Items"], `[{"title":{"S":"t0"}}]`)
	b.same(b.do("Query", local+`,"Select":"ALL_ATTRIBUTES"}`)["Items"], `[{"artist":{"S":"davis"},"genre":{"S":"jazz"},"label":{"S":"l0"},"plays":{"N":"10"},"title":{"S":"t0"},"year":{"N":"1959"}}]`)
	b.same(b.do("Scan", `{"TableName":"music","IndexName":"by-genre","Select":"COUNT"}`), `{"Count":7,"ScannedCount":7}`)
	// An item that loses its key leaves the index, and one that gets another moves.
	b.do("UpdateItem", `{"TableName":"music","Key":{"artist":{"S":"evans"},"year":{"N":"1961"}},"UpdateExpression":"REMOVE genre"}`)
	b.do("UpdateItem", `{"TableName":"music","Key":{"artist":{"S":"davis"},"year":{"N":"0"}},"UpdateExpression":"SET plays = :p","ExpressionAttributeValues":{":p":{"N":"99"}}}`)
	if got := years(b.do("Query", `{"TableName":"music","IndexName":"by-genre","KeyConditionExpression":"genre = :g","ExpressionAttributeValues":{":g":{"S":"jazz"}}}`)); got != "100 1970 1960 -3 1959 0" {
		t.Errorf("the index holds %s", got)
	}
}

// Every page size gives the same items in the same order, in every index and both directions.
func TestPaging(t *testing.T) {
	b := newBench(t)
	discography(b)
	for _, c := range []struct{ request, index string }{
		{`"KeyConditionExpression":"artist = :a","ExpressionAttributeValues":{":a":{"S":"davis"}}`, ""},
		{`"KeyConditionExpression":"artist = :a AND plays < :p","ExpressionAttributeValues":{":a":{"S":"davis"},":p":{"N":"9"}},"ScanIndexForward":false`, "by-plays"},
		{`"KeyConditionExpression":"genre = :g","ExpressionAttributeValues":{":g":{"S":"jazz"}}`, "by-genre"},
		{`"KeyConditionExpression":"genre = :g AND plays >= :p","ExpressionAttributeValues":{":g":{"S":"jazz"},":p":{"N":"7"}},"ScanIndexForward":false,"FilterExpression":"title <> :g"`, "by-genre"},
		{``, ""}, {``, "by-genre"}, {`"FilterExpression":"plays > :p","ExpressionAttributeValues":{":p":{"N":"7"}}`, "by-plays"},
	} {
		operation, request := "Query", `{"TableName":"music"`
		if !strings.Contains(c.request, "KeyCondition") {
			operation = "Scan"
		}
		if c.request != "" {
			request += "," + c.request
		}
		if c.index != "" {
			request += `,"IndexName":"` + c.index + `"`
		}
		whole := b.do(operation, request+"}")
		if whole["LastEvaluatedKey"] != nil {
			t.Errorf("%s is one page and has a last key", request)
		}
		for limit := 1; limit <= 9; limit++ {
			var items []any
			scanned, start := 0.0, ""
			for pages := 0; ; pages++ {
				page := b.do(operation, request+`,"Limit":`+strconv.Itoa(limit)+start+"}")
				items = append(items, page["Items"].([]any)...)
				n := page["ScannedCount"].(float64)
				scanned += n
				if page["LastEvaluatedKey"] == nil {
					if int(n) >= limit {
						t.Errorf("%s: a page of %v at the limit %d names no last key", request, n, limit)
					}
					break
				}
				if int(n) != limit || pages > 10 {
					t.Fatalf("%s: %v seen of the limit %d on page %d", request, n, limit, pages)
				}
				start = `,"ExclusiveStartKey":` + b.json(page["LastEvaluatedKey"])
			}
			if b.json(items) != b.json(whole["Items"]) || scanned != whole["ScannedCount"] {
				t.Errorf("%s by %d: %s, want %s", request, limit, b.json(items), b.json(whole["Items"]))
			}
		}
	}
}

func TestScanSegments(t *testing.T) {
	b := newBench(t)
	b.table("Simple", simple)
	want := map[string]bool{}
	for i := range 200 {
		want[strconv.Itoa(i)] = true
		b.do("PutItem", fmt.Sprintf(`{"TableName":"simple","Item":{"id":{"S":"%d"}}}`, i))
	}
	for _, total := range []int{1, 3, 8, 1000000} {
		got := map[string]bool{}
		segments := total
		if total > 8 {
			segments = 0 // too many to visit
		}
		for s := range segments {
			items := b.do("Scan", fmt.Sprintf(`{"TableName":"simple","Segment":%d,"TotalSegments":%d}`, s, total))["Items"].([]any)
			if total == 8 && (len(items) < 10 || len(items) > 50) {
				t.Errorf("segment %d of 8 has %d of 200 items", s, len(items))
			}
			for _, i := range items {
				id := i.(map[string]any)["id"].(map[string]any)["S"].(string)
				if got[id] {
					t.Errorf("%s is in two segments", id)
				}
				got[id] = true
			}
		}
		if segments > 0 && len(got) != len(want) {
			t.Errorf("%d segments have %d items", total, len(got))
		}
	}
	// A scan meets items in no order.
	var order []string
	for _, i := range b.do("Scan", `{"TableName":"simple"}`)["Items"].([]any) {
		order = append(order, i.(map[string]any)["id"].(map[string]any)["S"].(string))
	}
	if slices.IsSorted(order) {
		t.Error("a scan is sorted")
	}
	page := b.do("Scan", `{"TableName":"simple","Segment":0,"TotalSegments":2,"Limit":1}`)
	b.fails("Scan", `{"TableName":"simple","Segment":1,"TotalSegments":2,"ExclusiveStartKey":`+b.json(page["LastEvaluatedKey"])+`}`, "ValidationException",
		"The provided Exclusive start key does not map to the provided Segment and TotalSegments values.")
}

func TestPageOfOneMegabyte(t *testing.T) {
	b := newBench(t)
	b.table("Music", music)
	for i := range 12 {
		b.album("big", i, `,"text":{"S":"`+strings.Repeat("x", 100<<10)+`"}`)
	}
	const request = `{"TableName":"music","KeyConditionExpression":"artist = :a","ExpressionAttributeValues":{":a":{"S":"big"}},"Select":"COUNT","FilterExpression":"attribute_not_exists(nothing)","ReturnConsumedCapacity":"TOTAL"`
	first := b.do("Query", request+"}")
	b.same(first, `{"ConsumedCapacity":{"CapacityUnits":138,"TableName":"music"},"Count":11,"LastEvaluatedKey":{"artist":{"S":"big"},"year":{"N":"10"}},"ScannedCount":11}`)
	b.same(b.do("Query", request+`,"ExclusiveStartKey":`+b.json(first["LastEvaluatedKey"])+"}"), `{"ConsumedCapacity":{"CapacityUnits":13,"TableName":"music"},"Count":1,"ScannedCount":1}`)
}

func TestQueryRefusals(t *testing.T) {
	b := newBench(t)
	discography(b)
	b.table("Simple", simple)
	const a, ay = `"ExpressionAttributeValues":{":a":{"S":"davis"}}`, `"ExpressionAttributeNames":{"#y":"year"},"ExpressionAttributeValues":{":a":{"S":"davis"},":y":{"N":"1"}}`
	key := func(condition, rest string) string {
		return `{"TableName":"music","KeyConditionExpression":"` + condition + `",` + rest + `}`
	}
	for _, c := range []struct{ operation, body, message string }{
		{"Query", `{"TableName":"music"}`, "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."},
		{"Query", key("label = :a", a), "Query condition missed key schema element: artist"},
		{"Query", key("artist = :a AND label = :y", `"ExpressionAttributeValues":{":a":{"S":"davis"},":y":{"N":"1"}}`), "Query condition missed key schema element: year"},
		{"Query", `{"TableName":"simple","KeyConditionExpression":"id = :a AND label = :y","ExpressionAttributeValues":{":a":{"S":"davis"},":y":{"N":"1"}}}`, "Query key condition not supported"},
		{"Query", key("artist > :a", a), "Query key condition not supported"},
		{"Query", key("begins_with(artist, :a)", a), "Query key condition not supported"},
		{"Query", key("artist = :a OR #y = :y", ay), "Invalid operator used in KeyConditionExpression: OR"},
		{"Query", key("NOT artist = :a", a), "Invalid operator used in KeyConditionExpression: NOT"},
		{"Query", key("artist <> :a", a), "Invalid operator used in KeyConditionExpression: <>"},
		{"Query", key("artist IN (:a)", a), "Invalid operator used in KeyConditionExpression: IN"},
		{"Query", key("contains(artist, :a)", a), "Invalid operator used in KeyConditionExpression: contains"},
		{"Query", key("artist = :a AND size(label) = :y", `"ExpressionAttributeValues":{":a":{"S":"davis"},":y":{"N":"1"}}`), "KeyConditionExpressions cannot contain nested operations"},
		{"Query", key("artist = :a AND artist = :a", a), "KeyConditionExpressions must only contain one condition per key"},
		{"Query", key("artist = label AND artist = :a", a), "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"},
		{"Query", key("artist.x = :a", a), "KeyConditionExpressions cannot have conditions on nested attributes"},
		{"Query", key(":a = :a", a), "Invalid condition in KeyConditionExpression: No key attribute specified"},
		{"Query", key("artist = :a AND begins_with(:a, label)", a), "Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand"},
		{"Query", key("artist = :a AND label = :a AND title = :a", a), "Conditions can be of length 1 or 2 only"},
		{"Query", key("artist = :a", `"ExpressionAttributeValues":{":a":{"N":"1"}}`), "One or more parameter values were invalid: Condition parameter type does not match schema type"},
		{"Query", key("artist = :a", `"ExpressionAttributeValues":{":a":{"S":""}}`), "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: artist"},
		{"Query", key("artist = :a", a+`,"IndexName":"none"`), "The table does not have the specified index: none"},
		{"Query", key("genre = :a", a+`,"IndexName":"by-genre","ConsistentRead":true`), "Consistent reads are not supported on global secondary indexes"},
		{"Query", key("genre = :a", a+`,"IndexName":"by-genre","Select":"ALL_ATTRIBUTES"`), "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index by-genre because its projection type is not ALL"},
		{"Query", key("genre = :a", a+`,"IndexName":"by-genre","ProjectionExpression":"title, label"`), "One or more parameter values were invalid: Global secondary index by-genre does not project [label]"},
		{"Query", key("artist = :a", a+`,"Select":"ALL_PROJECTED_ATTRIBUTES"`), "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"},
		{"Query", key("artist = :a", a+`,"Select":"COUNT","ProjectionExpression":"title"`), "Cannot specify the ProjectionExpression when choosing to get only the Count"},
		{"Query", key("artist = :a", a+`,"Select":"ALL_ATTRIBUTES","ProjectionExpression":"title"`), "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"},
		{"Query", key("artist = :a", a+`,"Select":"SPECIFIC_ATTRIBUTES"`), "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"},
		{"Query", key("artist = :a", a+`,"Limit":0`), "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		{"Query", key("artist = :a", ay+`,"FilterExpression":"#y = :y"`), "Filter Expression can only contain non-primary key attributes: Primary key attribute: year"},
		{"Query", key("artist = :a", a+`,"ExclusiveStartKey":{"artist":{"S":"davis"}}`), "The provided starting key is invalid: The provided key element does not match the schema"},
		{"Query", key("artist = :a", a+`,"ExclusiveStartKey":{"artist":{"S":"evans"},"year":{"N":"1"}}`), "The provided starting key is outside query boundaries based on provided conditions"},
		{"Query", key("artist = :a AND #y > :y", ay+`,"ExclusiveStartKey":{"artist":{"S":"davis"},"year":{"N":"0"}}`), "The provided starting key does not match the range key predicate"},
		{"Scan", `{"TableName":"music","ExclusiveStartKey":{"artist":{"S":"a"},"year":{"N":"1"},"x":{"N":"1"}}}`, "The provided starting key is invalid: The provided key element does not match the schema"},
		{"Scan", `{"TableName":"music","Segment":0}`, "The TotalSegments parameter is required but was not present in the request when Segment parameter is present"},
		{"Scan", `{"TableName":"music","TotalSegments":2}`, "The Segment parameter is required but was not present in the request when parameter TotalSegments is present"},
		{"Scan", `{"TableName":"music","Segment":2,"TotalSegments":2}`, "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than TotalSegments: 2"},
		{"Scan", `{"TableName":"music","Select":"SOME"}`, "1 validation error detected: Value 'SOME' at 'select' failed to satisfy constraint: Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]"},
	} {
		b.fails(c.operation, c.body, "ValidationException", c.message)
	}
	// A filter of a scan may look at keys.
	if got := years(b.do("Scan", `{"TableName":"music","FilterExpression":"artist = :a","ExpressionAttributeValues":{":a":{"S":"nobody"}}}`)); got != "5" {
		t.Errorf("the scan finds %s", got)
	}
}
