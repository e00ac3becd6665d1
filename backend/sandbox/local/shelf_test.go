package local

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"airloom/backend/design"
	"airloom/backend/event"
	"airloom/backend/sandbox"
)

// probe uses each service with the SDK that the sandbox ships, and answers with what it got; a refusal is an answer too.
const probe = `
import { S3Client, PutObjectCommand, GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { SNSClient, PublishCommand } from "@aws-sdk/client-sns";
import { SecretsManagerClient, GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { STSClient, GetCallerIdentityCommand, AssumeRoleCommand } from "@aws-sdk/client-sts";
import { LambdaClient, InvokeCommand } from "@aws-sdk/client-lambda";
import { SQSClient, SendMessageCommand } from "@aws-sdk/client-sqs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { Readable } from "node:stream";

const s3 = new S3Client({}), e = process.env;
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const probes = {
  async s3() {
    const Bucket = e.FILES_BUCKET_NAME;
    await s3.send(new PutObjectCommand({ Bucket, Key: "a b/ü+(1).txt", Body: "text", ContentType: "text/plain", Metadata: { note: "x" } }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "stream", Body: Readable.from([Buffer.from("stre"), Buffer.from("am")]), ContentLength: 6 }));
    const list = await s3.send(new ListObjectsV2Command({ Bucket }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "stream" }));
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "a b/ü+(1).txt" }), { expiresIn: 60 });
    return { keys: list.Contents.map((o) => o.Key), body: await got.Body.transformToString(), signed: await (await fetch(url)).text() };
  },
  sns: () => new SNSClient({}).send(new PublishCommand({ TopicArn: e.NEWS_TOPIC_ARN, Message: "hello topic" })).then((r) => ({ id: typeof r.MessageId })),
  secret: () => new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: e.TOKEN_SECRET_ARN })).then((r) => ({ length: r.SecretString.length })),
  sts: () => new STSClient({}).send(new GetCallerIdentityCommand({})).then((r) => ({ arn: r.Arn })),
  assume: () => new STSClient({}).send(new AssumeRoleCommand({ RoleArn: "arn:aws:iam::000000000000:role/other", RoleSessionName: "me" })),
  async invoke() {
    const r = await new LambdaClient({}).send(new InvokeCommand({ FunctionName: e.ECHO_FUNCTION_NAME, Payload: JSON.stringify({ n: 1 }) }));
    return JSON.parse(Buffer.from(r.Payload).toString());
  },
  forbidden: (event) => new SQSClient({}).send(new SendMessageCommand({ QueueUrl: event.queryStringParameters.queue, MessageBody: "x" })),
  async table() {
    await table.send(new PutCommand({ TableName: e.THINGS_TABLE_NAME, Item: { id: "1", n: 42, list: ["a"] } }));
    const r = await table.send(new QueryCommand({ TableName: e.THINGS_TABLE_NAME, KeyConditionExpression: "id = :id", ExpressionAttributeValues: { ":id": "1" } }));
    return r.Items[0];
  },
  events: () => new EventBridgeClient({}).send(new PutEventsCommand({ Entries: [
    { EventBusName: e.BUS_EVENT_BUS_NAME, Source: "shop", DetailType: "order.paid", Detail: JSON.stringify({ id: 7 }) },
    { EventBusName: e.BUS_EVENT_BUS_NAME, Source: "shop", DetailType: "order.lost", Detail: "{}" },
  ] })).then((r) => ({ failed: r.FailedEntryCount })),
  environment: async () => process.env,
};
export const handler = async (event) => {
  const name = event.rawPath.slice(1);
  try {
    return { statusCode: 200, body: JSON.stringify(await probes[name](event)) };
  } catch (err) {
    return { statusCode: 200, body: JSON.stringify({ error: err.name, message: err.message }) };
  }
};
`

// snake does in Python what people do first: it stores an object and reads it back.
const snake = `
import os, boto3
s3 = boto3.client("s3")
def handler(event, context):
    s3.put_object(Bucket=os.environ["FILES_BUCKET_NAME"], Key="snake", Body=event["text"].encode())
    return {"read": s3.get_object(Bucket=os.environ["FILES_BUCKET_NAME"], Key="snake")["Body"].read().decode(), "who": boto3.client("sts").get_caller_identity()["Account"]}
`

// said is a handler that prints what it gets.
const said = `export const handler = async (event) => { console.log("got " + JSON.stringify(event)); return { echo: event }; };`

// wide is a drawing with most of the shelf in it.
func wide(t *testing.T) *real {
	r := newReal(t, "orders")
	r.design = design.Design{Nodes: map[design.ID]design.Node{}, Edges: map[design.ID]design.Edge{}}
	node := func(id, kindID string, props design.Props) {
		r.design.Nodes[design.ID(id)] = design.Node{ID: design.ID(id), Kind: kindID, Name: id, Props: props}
	}
	edge := func(from, fromPort, to, protocol, access string, props design.Props) {
		id := design.ID(from + "-to-" + to)
		r.design.Edges[id] = design.Edge{ID: id, From: design.End{Node: design.ID(from), Port: fromPort}, To: design.End{Node: design.ID(to), Port: "in"}, Protocol: protocol, Access: access, Props: props}
	}
	write := func(name, text string) {
		name = filepath.Join(r.folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	node("api", "aws.httpapi", nil)
	node("files", "aws.s3", nil)
	node("news", "aws.sns", nil)
	node("inbox", "aws.sqs", nil)
	node("token", "aws.secret", nil)
	node("things", "aws.dynamodb", nil)
	node("web", "client.spa", nil)
	node("bus", "aws.events.bus", nil)
	node("payments", "aws.events.rule", design.Props{"pattern": map[string]any{"detail-type": []any{"order.paid"}}})
	node("stripe", "saas.stripe", nil)
	node("probe", "aws.lambda", design.Props{"timeout": 10.0})
	for _, id := range []string{"reader", "watcher", "echo", "changes", "hook", "paid"} {
		node(id, "aws.lambda", nil)
		write("functions/"+id+"/index.mjs", said)
	}
	write("functions/probe/index.mjs", probe)
	node("snake", "aws.lambda", design.Props{"runtime": "python3.13", "timeout": 20.0})
	write("functions/snake/app.py", snake)
	edge("snake", "out", "files", "call", "readwrite", nil)
	write("clients/web/index.html", "<h1>Hello</h1>")
	write("clients/web/old.txt", "old")
	write("clients/web/.secret", "hidden")
	edge("api", "out", "probe", "route", "", design.Props{"method": "ANY", "path": "/{proxy+}"})
	edge("probe", "out", "files", "call", "readwrite", nil)
	edge("probe", "out", "news", "call", "publish", nil)
	edge("probe", "out", "token", "call", "read", nil)
	edge("probe", "out", "echo", "call", "invoke", nil)
	edge("probe", "out", "things", "call", "readwrite", nil)
	edge("news", "out", "inbox", "push", "", nil)
	edge("inbox", "out", "reader", "poll", "", nil)
	edge("files", "out", "watcher", "push", "", nil)
	edge("things", "out", "changes", "poll", "", nil)
	edge("probe", "out", "bus", "call", "publish", nil)
	edge("bus", "out", "payments", "push", "", nil)
	edge("payments", "out", "paid", "push", "", nil)
	edge("web", "out", "api", "call", "fetch", nil)
	edge("stripe", "out", "hook", "webhook", "", nil)
	return r
}

// Most of the shelf at once, with real functions and the shipped SDK: what each service answers, what is pushed and polled
// onwards, what is forbidden, and (L6) that nothing of the person's own is seen or asked.
func TestShelf(t *testing.T) {
	var leaked atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { leaked.Add(1) }))
	defer proxy.Close()
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "AKIACANARY", "AWS_SECRET_ACCESS_KEY": "canary", "AWS_SESSION_TOKEN": "canary", "AWS_PROFILE": "canary",
		"AWS_EC2_METADATA_SERVICE_ENDPOINT": proxy.URL, "AWS_CONTAINER_CREDENTIALS_FULL_URI": proxy.URL, "HTTP_PROXY": proxy.URL, "HTTPS_PROXY": proxy.URL, "http_proxy": proxy.URL,
		"AWS_ENDPOINT_URL": proxy.URL, "AWS_ENDPOINT_URL_S3": proxy.URL, "NODE_OPTIONS": "", "AIRLOOM_CANARY": "canary"} {
		t.Setenv(name, value)
	}
	ctx := context.Background()
	r := wide(t)
	s := r.open()
	d := r.deploy(s)
	api := address(d, "api")
	ask := func(name string) string {
		t.Helper()
		status, body := post(t, api+"/"+name, "", nil)
		if status != 200 {
			t.Fatalf("%s: %d %s\n%s", name, status, body, logged(t, s, sandbox.LogQuery{}))
		}
		return body
	}
	for name, want := range map[string]string{
		"s3":     `{"keys":["a b/ü+(1).txt","stream"],"body":"stream","signed":"text"}`,
		"sns":    `{"id":"string"}`,
		"sts":    `{"arn":"arn:aws:sts::000000000000:assumed-role/`,
		"assume": `{"error":"AccessDenied","message":"User: arn:aws:sts::`,
		"invoke": `{"echo":{"n":1}}`,
		"secret": `{"length":`,
		"table":  `{"id":"1",`,
		"events": `{"failed":0}`,
		"forbidden?queue=" + url.QueryEscape(resource(d, "Inbox").PhysicalID): `{"error":"AccessDenied","message":"User: arn:aws:sts::`,
	} {
		if got := ask(name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
	defer func() {
		if t.Failed() {
			t.Log(logged(t, s, sandbox.LogQuery{}))
		}
	}()
	for node, want := range map[string]string{"reader": "hello topic", "watcher": "ObjectCreated:Put", "changes": `"INSERT"`, "paid": `"detail":{"id":7}`} {
		until(t, node+" gets its event", func() bool {
			return strings.Contains(logged(t, s, sandbox.LogQuery{Node: node}), want)
		})
	}
	if text := logged(t, s, sandbox.LogQuery{Node: "paid"}); strings.Contains(text, "order.lost") {
		t.Errorf("the rule's pattern lets everything through:\n%s", text)
	}
	out, err := r.call(s, "stripe", `{"type":"payment_intent.succeeded"}`)
	if err != nil || out.Status != 200 || !strings.Contains(logged(t, s, sandbox.LogQuery{Node: "hook"}), "stripe-signature") {
		t.Errorf("a webhook: %+v %v", out, err)
	}

	if exec.Command("python3", "-c", "import boto3").Run() == nil {
		out, err := r.call(s, "snake", `{"text":"ssss"}`)
		if err != nil || string(out.Body) != `{"read": "ssss", "who": "000000000000"}` {
			t.Errorf("Python: %s %s %v", out.Body, out.LogTail, err)
		}
	}

	environment := ask("environment")
	if strings.Contains(strings.ToLower(environment), "canary") || strings.Contains(environment, proxy.URL) {
		t.Errorf("the person's own: %s", environment)
	}
	if leaked.Load() != 0 {
		t.Errorf("%d requests left", leaked.Load())
	}

	// The client: its files, what it has to know, and no hidden file; a changed file is published by the next deployment.
	web := address(d, "web")
	if !strings.HasPrefix(web, "http://127.0.0.1:") {
		t.Fatalf("the client's address is %s", web)
	}
	if status, body := get(t, web+"/"); status != 200 || body != "<h1>Hello</h1>" {
		t.Fatalf("%d %s", status, body)
	}
	_, text := get(t, web+"/config.json")
	var config map[string]map[string]string
	if err := json.Unmarshal([]byte(text), &config); err != nil || strings.TrimSuffix(config["api"]["apiUrl"], "/") != strings.TrimSuffix(api, "/") {
		t.Fatalf("config.json: %s, the API is %s", text, api)
	}
	if _, body := get(t, web+"/.secret"); strings.Contains(body, "hidden") {
		t.Fatal("a hidden file is published")
	}
	if status, _ := post(t, api+"/sts", "", map[string]string{"Origin": web}); status != 200 {
		t.Fatalf("the client calls the API across origins: %d", status)
	}
	if err := os.Remove(filepath.Join(r.folder, "clients", "web", "old.txt")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.folder, "clients", "web", "index.html"), []byte("<h1>New</h1>"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.deploy(s)
	if _, body := get(t, web+"/"); body != "<h1>New</h1>" {
		t.Fatal(body)
	}
	if _, body := get(t, web+"/old.txt"); body == "old" {
		t.Fatal("a removed file is still published")
	}

	// L1: every port that this process listens at is a loopback one. Its functions are processes of their own.
	listening(t, func(ip net.IP, port string) {
		if !ip.IsLoopback() {
			t.Errorf("listens at %s:%s", ip, port)
		}
	})
	if err := s.Destroy(ctx, sandbox.Options{Consent: true}, event.Discard); err != nil {
		t.Fatal(err)
	}
	if got := children(t); len(got) > 0 {
		t.Fatalf("processes are left: %v", got)
	}
}

// BenchmarkWarmCall is a request through the HTTP API to a function that answers at once: what the sandbox adds to it.
func BenchmarkWarmCall(b *testing.B) {
	r := newReal(b, "orders")
	r.design = design.Design{Nodes: map[design.ID]design.Node{"api": {ID: "api", Kind: "aws.httpapi", Name: "api"}, "echo": {ID: "echo", Kind: "aws.lambda", Name: "echo"}},
		Edges: map[design.ID]design.Edge{"route": {ID: "route", From: design.End{Node: "api", Port: "out"}, To: design.End{Node: "echo", Port: "in"}, Protocol: "route",
			Props: design.Props{"method": "GET", "path": "/"}}}}
	dir := filepath.Join(r.folder, "functions", "echo")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "index.mjs"), []byte(`export const handler = async () => ({ statusCode: 200, body: "hello" })`), 0o644); err != nil {
		b.Fatal(err)
	}
	d := r.deploy(r.open())
	u := address(d, "api") + "/"
	if status, body := post(b, u, "", nil); status != 200 {
		b.Fatalf("%d %s", status, body)
	}
	took := make([]time.Duration, 0, 1000)
	for b.Loop() {
		start := time.Now()
		post(b, u, "", nil)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms/p99")
}

// L9: a function that answers each object with another one is stopped after 16 rounds, though each round is a request of its own.
func TestLoopThroughTheSDK(t *testing.T) {
	r := newReal(t, "orders")
	r.design = design.Design{
		Nodes: map[design.ID]design.Node{"files": {ID: "files", Kind: "aws.s3", Name: "files"}, "again": {ID: "again", Kind: "aws.lambda", Name: "again"}},
		Edges: map[design.ID]design.Edge{
			"there": {ID: "there", From: design.End{Node: "files", Port: "out"}, To: design.End{Node: "again", Port: "in"}, Protocol: "push"},
			"back":  {ID: "back", From: design.End{Node: "again", Port: "out"}, To: design.End{Node: "files", Port: "in"}, Protocol: "call", Access: "write"}}}
	dir := filepath.Join(r.folder, "functions", "again")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "index.mjs"), []byte(`
import { S3Client, PutObjectCommand } from "@aws-sdk/client-s3";
const s3 = new S3Client({});
export const handler = async () => {
  console.log("round");
  await s3.send(new PutObjectCommand({ Bucket: process.env.FILES_BUCKET_NAME, Key: "again", Body: "x" }));
};`), 0o644); err != nil {
		t.Fatal(err)
	}
	r.lenient = true
	s := r.open()
	r.deploy(s)
	if out, err := r.call(s, "files", `{"key":"first","body":"x"}`); err != nil || out.Status != 200 {
		t.Fatalf("%+v %v", out, err)
	}
	until(t, "the loop is stopped", func() bool { return strings.Contains(logged(t, s, sandbox.LogQuery{}), "which is taken for a loop") })
	if n := strings.Count(logged(t, s, sandbox.LogQuery{Filter: "\tround"}), "round"); n != 16 {
		t.Errorf("%d rounds\n%s", n, logged(t, s, sandbox.LogQuery{}))
	}
}
