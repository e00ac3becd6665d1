package functions

import (
	"testing"
	"time"
)

func (b *bench) nodeWithSDK() string {
	return b.node(`import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
const table = DynamoDBDocumentClient.from(new DynamoDBClient({})), queue = new SQSClient({});
export const handler = async () => 1`)
}

// BenchmarkWarm is what a call costs beside the handler's own time: target 2 ms.
func BenchmarkWarm(b *testing.B) {
	for name, f := range map[string]func(*bench) string{
		"node":   func(h *bench) string { return h.node(`export const handler = async () => 1`) },
		"python": func(h *bench) string { return h.python("def handler(event, context): return 1") },
	} {
		b.Run(name, func(b *testing.B) {
			h := newBench(b)
			fn := f(h)
			h.want(fn, ``, `1`)
			for b.Loop() {
				h.want(fn, ``, `1`)
			}
		})
	}
}

// BenchmarkCold is the first call of a new environment: target 400 ms.
func BenchmarkCold(b *testing.B) {
	h := newBench(b, shippedSDK(b))
	for name, f := range map[string]func() string{
		"node":     func() string { return h.node(`export const handler = async () => 1`) },
		"node+sdk": h.nodeWithSDK,
		"python":   func() string { return h.python("def handler(event, context): return 1") },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				fn := f()
				h.want(fn, ``, `1`)
				h.Remove(fn)
			}
		})
	}
}

// BenchmarkReplace is the first call after new code: target 300 ms.
func BenchmarkReplace(b *testing.B) {
	h := newBench(b, shippedSDK(b))
	fn := h.nodeWithSDK()
	h.want(fn, ``, `1`)
	for b.Loop() {
		key := h.artifact(map[string]string{"index.mjs": `import { SQSClient } from "@aws-sdk/client-sqs"; new SQSClient({}); export const handler = async () => 1 // ` + time.Now().String()})
		must(b, h.Replace(fn, key))
		h.want(fn, ``, `1`)
	}
}
