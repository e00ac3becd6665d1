package dynamodb

import (
	"context"
	"encoding/json"
	"hash/crc32"
	"strconv"
	"strings"
	"testing"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

// bench is a world with the simulation in it, and the role that asks.
type bench struct {
	testing.TB
	*kindtest.World
	serve func(context.Context, kind.World, kind.APIRequest) kind.HTTPResponse
	typ   kind.ResourceType
	who   kind.Principal
}

func newBench(t testing.TB) *bench {
	sim := Kind{}.Simulate()
	return &bench{TB: t, World: kindtest.New(sim), serve: sim.Services[0].Serve, typ: sim.Types[0], who: kind.Principal{Role: "arn:aws:iam::000000000000:role/test", Session: "test"}}
}

// table creates a table from its properties as JSON.
func (b *bench) table(logical, properties string) kind.Instance {
	b.Helper()
	in, err := b.Create(context.Background(), logical, tableType, b.object(properties))
	if err != nil {
		b.Fatal(err)
	}
	return in
}

func (b *bench) object(text string) map[string]any {
	b.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		b.Fatalf("%s: %v", text, err)
	}
	return m
}

// ask sends a request as an SDK does.
func (b *bench) ask(operation, body string) kind.HTTPResponse {
	return b.serve(context.Background(), b.World, kind.APIRequest{Operation: operation, Principal: b.who, HTTPRequest: kind.HTTPRequest{Method: "POST", Path: "/", Body: []byte(body),
		Header: map[string][]string{"X-Amz-Target": {"DynamoDB_20120810." + operation}, "Content-Type": {"application/x-amz-json-1.0"}}}})
}

// do is ask for what must succeed.
func (b *bench) do(operation, body string) map[string]any {
	b.Helper()
	r := b.ask(operation, body)
	if r.Status != 200 {
		b.Fatalf("%s %s: %s", operation, body, r.Body)
	}
	if sum := strconv.FormatUint(uint64(crc32.ChecksumIEEE(r.Body)), 10); r.Header["X-Amz-Crc32"][0] != sum {
		b.Errorf("the checksum is %v, not %s", r.Header["X-Amz-Crc32"], sum)
	}
	return b.object(string(r.Body))
}

// fails is ask for what must be refused, with the error's type (without its name space) and message.
func (b *bench) fails(operation, body, code, message string) map[string]any {
	b.Helper()
	r := b.ask(operation, body)
	m := b.object(string(r.Body))
	name, _ := m["__type"].(string)
	_, short, _ := strings.Cut(name, "#")
	text, _ := m["message"].(string)
	if text == "" {
		text, _ = m["Message"].(string)
	}
	if r.Status != 400 || short != code || text != message {
		b.Errorf("%s %s\n got %d %s: %s\nwant 400 %s: %s", operation, body, r.Status, short, text, code, message)
	}
	return m
}

// json prints what came back, sorted, for comparing.
func (b *bench) json(v any) string {
	b.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

func (b *bench) same(got any, want string) {
	b.Helper()
	if text := b.json(got); text != want {
		b.Errorf("\n got %s\nwant %s", text, want)
	}
}

// wait moves the clock once somebody sleeps.
func (b *bench) wait(sleepers int, d time.Duration) {
	b.Helper()
	for end := time.Now().Add(5 * time.Second); b.Sleeping() < sleepers; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			b.Fatal("nobody sleeps")
		}
	}
	b.Advance(d)
}

// music is a table with both kinds of indexes.
const music = `{"AttributeDefinitions":[{"AttributeName":"artist","AttributeType":"S"},{"AttributeName":"year","AttributeType":"N"},{"AttributeName":"genre","AttributeType":"S"},{"AttributeName":"plays","AttributeType":"N"}],
"KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"year","KeyType":"RANGE"}],"BillingMode":"PAY_PER_REQUEST","TableName":"music",
"GlobalSecondaryIndexes":[{"IndexName":"by-genre","KeySchema":[{"AttributeName":"genre","KeyType":"HASH"},{"AttributeName":"plays","KeyType":"RANGE"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["title"]}}],
"LocalSecondaryIndexes":[{"IndexName":"by-plays","KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"plays","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],
"StreamSpecification":{"StreamViewType":"NEW_AND_OLD_IMAGES"}}`

// simple is a table with a partition key alone.
const simple = `{"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST","TableName":"simple",
"TimeToLiveSpecification":{"AttributeName":"expires","Enabled":true},"StreamSpecification":{"StreamViewType":"NEW_AND_OLD_IMAGES"}}`

func (b *bench) album(artist string, year int, more string) {
	b.Helper()
	b.do("PutItem", `{"TableName":"music","Item":{"artist":{"S":"`+artist+`"},"year":{"N":"`+strconv.Itoa(year)+`"}`+more+`}}`)
}
