package functions

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"airloom/backend/kind"
)

// shippedSDK lays out what the application embeds.
func shippedSDK(t testing.TB) func(*Deps) {
	t.Helper()
	const build = "../../../../build/sdk"
	if _, err := os.Stat(build + "/node_modules"); err != nil {
		t.Skip("the packages of the SDK are not installed: ./run build does it")
	}
	dir := filepath.Join(t.TempDir(), "sdk")
	if out, err := exec.Command("node", build+"/ship.mjs", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return func(d *Deps) { d.SDK = os.DirFS(dir) }
}

// Every client that is shipped is found by import and by require, as one and the same; a package of the function's own comes first.
func TestSDK(t *testing.T) {
	t.Parallel()
	b := newBench(t, shippedSDK(t))
	f := b.node(`import { createRequire } from "node:module";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SNSClient } from "@aws-sdk/client-sns";
import { S3Client, GetObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { STSClient } from "@aws-sdk/client-sts";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { marshall } from "@aws-sdk/util-dynamodb";
const require = createRequire(import.meta.url);
export const handler = async () => {
  const all = [DynamoDBClient, SQSClient, SNSClient, S3Client, EventBridgeClient, SecretsManagerClient, LambdaClient, STSClient, SchedulerClient].map((C) => new C({}));
  DynamoDBDocumentClient.from(all[0]); new PutCommand({});
  const url = await getSignedUrl(all[3], new GetObjectCommand({ Bucket: "b", Key: "k" }));
  return [all.length, require("@aws-sdk/client-sqs").SQSClient === SQSClient, marshall({ a: 1 }).a.N, url.includes("X-Amz-Signature")];
}`, func(s *kind.FunctionSpec) { s.MemoryMB = 512 })
	b.Host.deps.Environment = func(kind.FunctionSpec) map[string]string {
		return map[string]string{"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
	}
	if r := b.want(f, ``, `[9,true,"1",true]`); strings.Contains(r.LogTail, "Warning") {
		t.Errorf("it warns:\n%s", r.LogTail)
	}
	own := b.put("nodejs22.x", "index.handler", map[string]string{"index.mjs": `import { SQSClient } from "@aws-sdk/client-sqs"; export const handler = async () => SQSClient`,
		"node_modules/@aws-sdk/client-sqs/package.json": `{"main":"index.js"}`, "node_modules/@aws-sdk/client-sqs/index.js": `exports.SQSClient = "my own"`})
	b.want(own, ``, `"my own"`)
}
