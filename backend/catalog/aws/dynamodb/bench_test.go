package dynamodb

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkGetItem(b *testing.B) {
	t := newBench(b)
	t.table("Simple", simple)
	for i := range 100 {
		t.do("PutItem", fmt.Sprintf(`{"TableName":"simple","Item":{"id":{"S":"%d"},"total":{"N":"12.50"},"lines":{"L":[{"M":{"sku":{"S":"a"},"n":{"N":"1"}}}]},"note":{"S":"%s"}}}`, i, strings.Repeat("x", 500)))
	}
	b.ReportAllocs()
	for b.Loop() {
		t.ask("GetItem", `{"TableName":"simple","Key":{"id":{"S":"7"}}}`)
	}
}

func BenchmarkPutItem(b *testing.B) {
	t := newBench(b)
	t.table("Music", music)
	b.ReportAllocs()
	for b.Loop() {
		t.ask("PutItem", `{"TableName":"music","Item":{"artist":{"S":"a"},"year":{"N":"1"},"genre":{"S":"jazz"},"plays":{"N":"4"},"title":{"S":"x"}}}`)
	}
}

func BenchmarkQuery100(b *testing.B) {
	t := newBench(b)
	t.table("Music", music)
	for i := range 200 {
		t.album("a", i, `,"title":{"S":"some title"},"plays":{"N":"5"}`)
	}
	b.ReportAllocs()
	for b.Loop() {
		t.ask("Query", `{"TableName":"music","KeyConditionExpression":"artist = :a AND #y >= :y","ExpressionAttributeNames":{"#y":"year"},"ExpressionAttributeValues":{":a":{"S":"a"},":y":{"N":"100"}}}`)
	}
}
