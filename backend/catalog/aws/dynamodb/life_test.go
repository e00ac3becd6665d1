package dynamodb

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

func TestLife(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	in := b.table("Music", music)
	const arn = "arn:aws:dynamodb:us-east-1:000000000000:table/music"
	if in.PhysicalID != "music" || in.ARN != arn || in.Attributes["Arn"] != arn || in.Attributes["StreamArn"] != arn+"/stream/2026-03-01T12:00:00.000" {
		t.Errorf("%+v", in)
	}
	if _, err := b.Create(ctx, "Second", tableType, b.object(music)); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second table of the name: %v", err)
	}
	own := b.table("Own", strings.Replace(simple, `"TableName":"simple",`, "", 1))
	if own.PhysicalID != "test-Own-1A2B3C4D5E6F" {
		t.Errorf("the table is named %s", own.PhysicalID)
	}
	b.album("a", 1, `,"genre":{"S":"jazz"},"plays":{"N":"4"}`)
	d := b.do("DescribeTable", `{"TableName":"music"}`)["Table"].(map[string]any)
	for name, want := range map[string]string{"ItemCount": "1", "TableSizeBytes": "29", "TableStatus": `"ACTIVE"`, "CreationDateTime": "1772366400", "LatestStreamLabel": `"2026-03-01T12:00:00.000"`,
		"BillingModeSummary": `{"BillingMode":"PAY_PER_REQUEST"}`, "StreamSpecification": `{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}`, "DeletionProtectionEnabled": "false"} {
		if got := b.json(d[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	b.same(d["GlobalSecondaryIndexes"].([]any)[0].(map[string]any)["ItemCount"], "1")
	b.same(b.do("ListTables", `{"Limit":1}`), `{"LastEvaluatedTableName":"music","TableNames":["music"]}`)
	b.same(b.do("ListTables", `{"ExclusiveStartTableName":"music"}`), `{"TableNames":["test-Own-1A2B3C4D5E6F"]}`)
	b.same(b.do("DescribeTimeToLive", `{"TableName":"music"}`), `{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}}`)
	b.same(b.do("DescribeTimeToLive", `{"TableName":"`+own.PhysicalID+`"}`), `{"TimeToLiveDescription":{"AttributeName":"expires","TimeToLiveStatus":"ENABLED"}}`)

	if err := b.World.Delete(ctx, in); err != nil {
		t.Fatal(err)
	}
	b.fails("GetItem", `{"TableName":"music","Key":{"artist":{"S":"a"},"year":{"N":"1"}}}`, "ResourceNotFoundException", "Requested resource not found")
	b.table("Music", music)
	b.same(b.do("Scan", `{"TableName":"music","IndexName":"by-genre","Select":"COUNT"}`), `{"Count":0,"ScannedCount":0}`)

	protected := b.table("Protected", strings.Replace(strings.Replace(simple, `"simple"`, `"protected"`, 1), "{", `{"DeletionProtectionEnabled":"true",`, 1))
	if err := b.World.Delete(ctx, protected); fault.CodeOf(err) != fault.Denied {
		t.Errorf("a protected table goes: %v", err)
	}
}

func TestUpdateOfATable(t *testing.T) {
	b := newBench(t)
	in := b.table("Music", music)
	discographyItems(b)
	change := func(from, to string) (kind.Instance, error) {
		text := strings.Replace(b.json(in.Properties), from, to, 1)
		if text == b.json(in.Properties) {
			t.Fatalf("nothing is changed by %s", to)
		}
		return b.Update(context.Background(), in, b.object(text))
	}
	refused := func(from, to, why string) {
		t.Helper()
		if _, err := change(from, to); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", to, err)
		}
	}
	// A new global index finds what is there already, and a removed one is gone.
	const global = `"GlobalSecondaryIndexes":[`
	titles := `{"IndexName":"by-title","KeySchema":[{"AttributeName":"title","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}`
	b.same(retyped(in.Properties, b.object(strings.Replace(music, "[", `[{"AttributeName":"title","AttributeType":"S"},`, 1))), `""`)
	var err error
	if in, err = change(`"AttributeDefinitions":[`, `"AttributeDefinitions":[{"AttributeName":"title","AttributeType":"S"},`); err != nil {
		t.Fatal(err)
	}
	refused(global, global+titles+`,`+strings.Replace(titles, "by-title", "again", 1)+`,`, "2 global indexes would be added or removed")
	refused(`"INCLUDE"`, `"KEYS_ONLY"`, "the index by-genre cannot be changed")
	if in, err = change(global, global+titles+","); err != nil {
		t.Fatal(err)
	}
	if got := years(b.do("Query", `{"TableName":"music","IndexName":"by-title","KeyConditionExpression":"title = :t","ExpressionAttributeValues":{":t":{"S":"t3"}}}`)); got != "1970" {
		t.Errorf("the new index finds %q", got)
	}
	if in, err = change(b.json(b.object(titles))+",", ""); err != nil {
		t.Fatal(err)
	}
	b.fails("Query", `{"TableName":"music","IndexName":"by-title","KeyConditionExpression":"title = :t","ExpressionAttributeValues":{":t":{"S":"t3"}}}`, "ValidationException", "The table does not have the specified index: by-title")

	// Expiry may come for items that are there, and moves to another attribute only by way of none.
	if in, err = change(`{"AttributeDefinitions"`, `{"TimeToLiveSpecification":{"AttributeName":"year","Enabled":true},"AttributeDefinitions"`); err != nil {
		t.Fatal(err)
	}
	refused(`"year","Enabled"`, `"plays","Enabled"`, "expiry cannot move from year to plays at once")

	// Another view is another stream.
	b.Advance(time.Second)
	if in, err = change("NEW_AND_OLD_IMAGES", "KEYS_ONLY"); err != nil || in.Attributes["StreamArn"] != in.ARN+"/stream/2026-03-01T12:00:01.000" {
		t.Errorf("%v %v", in.Attributes, err)
	}
	if batch := b.receive(in, kind.PollRequest{Max: 10, Position: "TRIM_HORIZON"}); len(batch.Records) != 0 {
		t.Errorf("the new stream has old records: %v", batch.Records)
	}
	if got := retyped(in.Properties, b.object(strings.Replace(b.json(in.Properties), `"AttributeName":"artist","AttributeType":"S"`, `"AttributeName":"artist","AttributeType":"N"`, 1))); got != "AttributeDefinitions" {
		t.Errorf("a new type of a key replaces %q", got)
	}
}

func discographyItems(b *bench) {
	for _, y := range []string{"1959", "1970"} {
		b.do("PutItem", `{"TableName":"music","Item":{"artist":{"S":"davis"},"year":{"N":"`+y+`"},"title":{"S":"t`+y[2:3]+`"}}}`)
	}
	b.do("UpdateItem", `{"TableName":"music","Key":{"artist":{"S":"davis"},"year":{"N":"1970"}},"UpdateExpression":"SET title = :t","ExpressionAttributeValues":{":t":{"S":"t3"}}}`)
}

func TestCheck(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct{ from, to, want string }{
		{`[{"AttributeName":"artist","KeyType":"HASH"},`, `[`, "the table has no partition key"},
		{`"by-genre","KeySchema":[`, `"by-genre","KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},`, "the index by-genre has a key of several attributes, which is not simulated"},
		{`"year","KeyType":"RANGE"`, `"year","KeyType":"SORT"`, "the table has a key that is neither HASH nor RANGE"},
		{`{"AttributeName":"plays","AttributeType":"N"}`, `{"AttributeName":"plays","AttributeType":"SS"}`, "the key attribute plays needs a definition with the type S, N or B"},
		{`[{"AttributeName":"artist","AttributeType":"S"}`, `[{"AttributeName":"x","AttributeType":"S"},{"AttributeName":"artist","AttributeType":"S"}`, "the attribute x is defined and no key uses it"},
		{`"INCLUDE"`, `"SOME"`, `the index by-genre has the unknown projection "SOME"`},
		{`"by-plays"`, `"by-genre"`, "two indexes have the name by-genre"},
		{`"by-plays","KeySchema":[{"AttributeName":"artist"`, `"by-plays","KeySchema":[{"AttributeName":"genre"`, "the local index by-plays needs the table's partition key, a sort key, and a table with one"},
		{`,{"AttributeName":"year","KeyType":"RANGE"}]`, `]`, "the local index by-plays needs the table's partition key, a sort key, and a table with one"},
		{"NEW_AND_OLD_IMAGES", "ALL", "ALL is no view of a stream"},
		{`"BillingMode":"PAY_PER_REQUEST",`, ``, "a provisioned table and each of its global indexes need a ProvisionedThroughput"},
		{`"PAY_PER_REQUEST"`, `"FREE"`, "FREE is no billing mode"},
		{`"PAY_PER_REQUEST"`, `"PAY_PER_REQUEST","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}`, "neither ReadCapacityUnits nor WriteCapacityUnits can be given when BillingMode is PAY_PER_REQUEST"},
		{`"TableName"`, `"TimeToLiveSpecification":{"Enabled":true},"TableName"`, "expiry is enabled without an attribute"},
		{`"LocalSecondaryIndexes":[`, `"LocalSecondaryIndexes":[{},{},{},{},{},`, "6 indexes are more than the 5 that a table may have"},
	} {
		text := strings.Replace(music, c.from, c.to, 1)
		if _, err := b.Create(context.Background(), "Music", tableType, b.object(text)); text == music || err == nil || fault.As(err).Message != c.want {
			t.Errorf("%s: %v, want %s", c.to, err, c.want)
		}
	}
	// What is not known yet is looked at later.
	if err := checkTable(map[string]any{"KeySchema": cfn.Ref("Keys")}); err != nil {
		t.Error(err)
	}
}

func TestTablesHaveResourcePolicies(t *testing.T) {
	b := newBench(t)
	in := b.table("Simple", strings.Replace(simple, "{", `{"ResourcePolicy":{"PolicyDocument":{"Version":"2012-10-17"}},`, 1))
	b.same(b.Policies(in.ARN), `{"policy":{"Version":"2012-10-17"}}`)
	if _, err := b.Update(context.Background(), in, b.object(simple)); err != nil {
		t.Fatal(err)
	}
	b.same(b.Policies(in.ARN), `{}`)
}

func (b *bench) receive(in kind.Instance, req kind.PollRequest) kind.Batch {
	b.Helper()
	req.Role = b.who
	batch, err := b.World.Receive(context.Background(), in.Attributes["StreamArn"].(string), req)
	if err != nil {
		b.Fatal(err)
	}
	return batch
}

func TestStream(t *testing.T) {
	b := newBench(t)
	in := b.table("Simple", simple)
	b.do("PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"},"n":{"N":"1"}}}`)
	b.do("PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"},"n":{"N":"1.0"}}}`) // no change, no record
	b.do("UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"a"}},"UpdateExpression":"SET n = :n","ExpressionAttributeValues":{":n":{"N":"2"}}}`)
	b.do("DeleteItem", `{"TableName":"simple","Key":{"id":{"S":"none"}}}`)
	b.do("BatchWriteItem", `{"RequestItems":{"simple":[{"DeleteRequest":{"Key":{"id":{"S":"a"}}}}]}}`)
	all := b.receive(in, kind.PollRequest{Max: 10, Position: "TRIM_HORIZON"})
	ids := map[any]bool{}
	for _, r := range all.Records {
		ids[r["eventID"]] = true
		delete(r, "eventID")
	}
	if len(ids) != 3 {
		t.Errorf("the records' ids are %v", ids)
	}
	b.same(all.Records, `[{"awsRegion":"us-east-1","dynamodb":{"ApproximateCreationDateTime":1772366400,"Keys":{"id":{"S":"a"}},"NewImage":{"id":{"S":"a"},"n":{"N":"1"}},"SequenceNumber":"100000000000000000000001","SizeBytes":9,"StreamViewType":"NEW_AND_OLD_IMAGES"},"eventName":"INSERT","eventSource":"aws:dynamodb","eventSourceARN":"`+in.Attributes["StreamArn"].(string)+`","eventVersion":"1.1"},`+
		`{"awsRegion":"us-east-1","dynamodb":{"ApproximateCreationDateTime":1772366400,"Keys":{"id":{"S":"a"}},"NewImage":{"id":{"S":"a"},"n":{"N":"2"}},"OldImage":{"id":{"S":"a"},"n":{"N":"1"}},"SequenceNumber":"100000000000000000000002","SizeBytes":15,"StreamViewType":"NEW_AND_OLD_IMAGES"},"eventName":"MODIFY","eventSource":"aws:dynamodb","eventSourceARN":"`+in.Attributes["StreamArn"].(string)+`","eventVersion":"1.1"},`+
		`{"awsRegion":"us-east-1","dynamodb":{"ApproximateCreationDateTime":1772366400,"Keys":{"id":{"S":"a"}},"OldImage":{"id":{"S":"a"},"n":{"N":"2"}},"SequenceNumber":"100000000000000000000003","SizeBytes":9,"StreamViewType":"NEW_AND_OLD_IMAGES"},"eventName":"REMOVE","eventSource":"aws:dynamodb","eventSourceARN":"`+in.Attributes["StreamArn"].(string)+`","eventVersion":"1.1"}]`)
	b.same(all.IDs, `["100000000000000000000001","100000000000000000000002","100000000000000000000003"]`)

	// A reader goes on behind its checkpoint, in the order of the changes.
	first := b.receive(in, kind.PollRequest{Max: 2, Position: "TRIM_HORIZON"})
	second := b.receive(in, kind.PollRequest{Max: 2, Position: "TRIM_HORIZON", Checkpoint: first.Checkpoint})
	if first.Checkpoint != all.IDs[1] || len(second.Records) != 1 || second.IDs[0] != all.IDs[2] || second.Checkpoint != all.IDs[2] {
		t.Errorf("%v, then %v", first.IDs, second.IDs)
	}
	if third := b.receive(in, kind.PollRequest{Max: 2, Checkpoint: second.Checkpoint}); len(third.Records) != 0 || third.Checkpoint != second.Checkpoint {
		t.Errorf("%+v", third)
	}
	// One that begins at the end keeps that place although nothing came.
	latest := b.receive(in, kind.PollRequest{Max: 2, Position: "LATEST"})
	b.do("PutItem", `{"TableName":"simple","Item":{"id":{"S":"b"}}}`)
	if next := b.receive(in, kind.PollRequest{Max: 2, Position: "LATEST", Checkpoint: latest.Checkpoint}); len(latest.Records) != 0 || len(next.Records) != 1 || next.Records[0]["eventName"] != "INSERT" {
		t.Errorf("%+v, then %+v", latest, next)
	}
	// The reader's role is asked for the stream.
	asked := b.Asked()
	if last := asked[len(asked)-1]; last.Action != "dynamodb:GetRecords" || last.Resource != in.Attributes["StreamArn"] || last.Principal != b.who {
		t.Errorf("%+v", last)
	}
	b.Denied = func(a kind.Access) error {
		if a.Action == "dynamodb:GetShardIterator" {
			return fault.New(fault.Denied, "no")
		}
		return nil
	}
	if _, err := b.World.Receive(t.Context(), in.Attributes["StreamArn"].(string), kind.PollRequest{Max: 1, Role: b.who}); fault.CodeOf(err) != fault.Denied {
		t.Errorf("a role without the permission reads: %v", err)
	}
}

func TestStreamWaits(t *testing.T) {
	b := newBench(t)
	in := b.table("Simple", simple)
	got := make(chan kind.Batch)
	read := func() {
		go func() { got <- b.receive(in, kind.PollRequest{Max: 1, Wait: time.Minute, Position: "LATEST"}) }()
	}
	read()
	b.wait(1, 59*time.Second)
	select {
	case batch := <-got:
		t.Fatalf("it does not wait: %+v", batch)
	default:
	}
	b.do("PutItem", `{"TableName":"simple","Item":{"id":{"S":"a"}}}`)
	if batch := <-got; len(batch.Records) != 1 {
		t.Errorf("%+v", batch)
	}
	b.Advance(time.Minute)
	read()
	b.wait(1, time.Minute)
	if batch := <-got; len(batch.Records) != 0 {
		t.Errorf("%+v", batch)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if batch, err := b.World.Receive(ctx, in.Attributes["StreamArn"].(string), kind.PollRequest{Max: 1, Wait: time.Minute, Position: "LATEST"}); err != nil || len(batch.Records) != 0 {
		t.Errorf("%+v %v", batch, err)
	}
}

func TestExpiry(t *testing.T) {
	b := newBench(t)
	in := b.table("Simple", simple)
	now := b.Now().Unix()
	put := func(id, expires string) {
		b.do("PutItem", `{"TableName":"simple","Item":{"id":{"S":"`+id+`"},"expires":`+expires+`}}`)
	}
	at := func(s int64) string { return `{"N":"` + strconv.FormatInt(now+s, 10) + `"}` }
	put("soon", at(90))
	put("moved", at(30))
	put("later", at(1000))
	put("text", `{"S":"`+strconv.FormatInt(now-5, 10)+`"}`)
	put("ancient", at(-6*365*24*3600))
	put("fraction", `{"N":"`+strconv.FormatInt(now-5, 10)+`.5"}`)
	put("moved", at(1000)) // another time counts instead
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { b.typ.Run(ctx, b.World, in); close(done) }()
	b.wait(1, time.Minute)
	b.wait(1, time.Minute)
	b.wait(1, 0)
	b.same(b.do("Scan", `{"TableName":"simple","Select":"COUNT"}`), `{"Count":5,"ScannedCount":5}`)
	batch := b.receive(in, kind.PollRequest{Max: 100, Position: "TRIM_HORIZON"})
	last := batch.Records[len(batch.Records)-1]
	if b.json(last["userIdentity"]) != `{"principalId":"dynamodb.amazonaws.com","type":"Service"}` || last["eventName"] != "REMOVE" || b.json(last["dynamodb"].(map[string]any)["Keys"]) != `{"id":{"S":"soon"}}` {
		t.Errorf("%v", last)
	}
	if batch.Records[0]["userIdentity"] != nil {
		t.Error("a write is attributed to DynamoDB")
	}
	if lines := strings.Join(b.Lines(), "\n"); lines != "simple info 1 expired items removed" {
		t.Error(lines)
	}
	// Records are kept for a day, and a reader that is late begins with what is left.
	b.wait(1, 24*time.Hour-2*time.Minute)
	b.wait(1, 0)
	if batch := b.receive(in, kind.PollRequest{Max: 100, Position: "TRIM_HORIZON"}); len(batch.Records) != 10 {
		t.Errorf("%d records after a day", len(batch.Records))
	}
	b.wait(1, time.Minute)
	b.wait(1, 0)
	if batch := b.receive(in, kind.PollRequest{Max: 100, Position: "TRIM_HORIZON"}); len(batch.Records) != 3 || batch.Records[0]["eventName"] != "REMOVE" {
		t.Errorf("%d records after more than a day", len(batch.Records))
	}
	stop()
	<-done
}
