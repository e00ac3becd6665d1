package dynamodb

import (
	"strings"
	"testing"
	"time"
)

func TestTransactions(t *testing.T) {
	b := newBench(t)
	b.table("Simple", simple)
	b.table("Music", music)
	b.same(b.do("TransactWriteItems", `{"TransactItems":[
		{"Put":{"TableName":"simple","Item":{"id":{"S":"a"},"n":{"N":"1"}},"ConditionExpression":"attribute_not_exists(id)"}},
		{"Update":{"TableName":"simple","Key":{"id":{"S":"b"}},"UpdateExpression":"SET n = :n","ExpressionAttributeValues":{":n":{"N":"2"}}}},
		{"ConditionCheck":{"TableName":"music","Key":{"artist":{"S":"x"},"year":{"N":"1"}},"ConditionExpression":"attribute_not_exists(artist)"}},
		{"Delete":{"TableName":"simple","Key":{"id":{"S":"none"}}}}],"ReturnConsumedCapacity":"TOTAL"}`),
		`{"ConsumedCapacity":[{"CapacityUnits":6,"TableName":"simple"},{"CapacityUnits":2,"TableName":"music"}]}`)
	b.same(b.do("TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"simple","Key":{"id":{"S":"b"}}}},{"Get":{"TableName":"simple","Key":{"id":{"S":"none"}}}},{"Get":{"TableName":"simple","Key":{"id":{"S":"a"}},"ProjectionExpression":"n"}}]}`),
		`{"Responses":[{"Item":{"id":{"S":"b"},"n":{"N":"2"}}},{},{"Item":{"n":{"N":"1"}}}]}`)

	// One reason cancels all of it, and each item is told its own.
	r := b.ask("TransactWriteItems", `{"TransactItems":[
		{"Update":{"TableName":"simple","Key":{"id":{"S":"b"}},"UpdateExpression":"SET n = :n","ExpressionAttributeValues":{":n":{"N":"3"}}}},
		{"Put":{"TableName":"simple","Item":{"id":{"S":"a"}},"ConditionExpression":"attribute_not_exists(id)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}},
		{"Update":{"TableName":"simple","Key":{"id":{"S":"c"}},"UpdateExpression":"SET x = y"}},
		{"Delete":{"TableName":"music","Key":{"artist":{"S":"x"}}}}]}`)
	b.same(b.object(string(r.Body)), `{"CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Item":{"id":{"S":"a"},"n":{"N":"1"}},"Message":"The conditional request failed"},`+
		`{"Code":"ValidationError","Message":"The provided expression refers to an attribute that does not exist in the item"},{"Code":"ValidationError","Message":"The provided key element does not match the schema"}],`+
		`"Message":"Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ValidationError, ValidationError]",`+
		`"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException"}`)
	b.same(b.do("GetItem", `{"TableName":"simple","Key":{"id":{"S":"b"}}}`), `{"Item":{"id":{"S":"b"},"n":{"N":"2"}}}`)
	b.fails("TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"simple","Key":{"id":{"N":"1"}}}}]}`, "TransactionCanceledException",
		"Transaction cancelled, please refer cancellation reasons for specific reasons [ValidationError]")
	b.fails("TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"none","Item":{"id":{"S":"a"}}}}]}`, "ResourceNotFoundException", "Requested resource not found")
	b.fails("TransactWriteItems", `{"TransactItems":[]}`, "ValidationException", "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1")
	b.fails("TransactWriteItems", `{"TransactItems":[`+strings.Repeat(`{"Put":{}},`, 100)+`{"Put":{}}]}`, "ValidationException", "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100")
	b.fails("TransactWriteItems", `{"TransactItems":[{"Get":{"TableName":"simple"}}]}`, "UnknownOperationException", "the embedded sandbox does not know Get in a transaction")
	b.fails("TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"simple","Item":{"id":{"S":"a"}},"ConditionExpression":"a ="}}]}`, "ValidationException", `Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "="`)
}

func TestTransactionTokens(t *testing.T) {
	b := newBench(t)
	b.table("Simple", simple)
	add := func(token, by string) string {
		return `{"TransactItems":[{"Update":{"TableName":"simple","Key":{"id":{"S":"a"}},"UpdateExpression":"ADD n :n","ExpressionAttributeValues":{":n":{"N":"` + by + `"}}}}],"ClientRequestToken":"` + token + `"}`
	}
	count := func(want string) {
		t.Helper()
		b.same(b.do("GetItem", `{"TableName":"simple","Key":{"id":{"S":"a"}}}`)["Item"], `{"id":{"S":"a"},"n":{"N":"`+want+`"}}`)
	}
	b.do("TransactWriteItems", add("one", "1"))
	b.do("TransactWriteItems", add("one", "1"))
	count("1")
	b.do("TransactWriteItems", add("two", "1"))
	count("2")
	b.fails("TransactWriteItems", add("one", "5"), "IdempotentParameterMismatchException", "The client token was used before with other parameters")
	b.Advance(9 * time.Minute)
	b.do("TransactWriteItems", add("one", "1"))
	count("2")
	b.Advance(2 * time.Minute)
	b.do("TransactWriteItems", add("one", "1"))
	count("3")
	// A transaction that was cancelled may be tried again under its token.
	const check = `{"TransactItems":[{"Delete":{"TableName":"simple","Key":{"id":{"S":"b"}},"ConditionExpression":"attribute_exists(id)"}}],"ClientRequestToken":"three"}`
	b.fails("TransactWriteItems", check, "TransactionCanceledException", "Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed]")
	b.do("PutItem", `{"TableName":"simple","Item":{"id":{"S":"b"}}}`)
	b.do("TransactWriteItems", check)
	b.same(b.do("GetItem", `{"TableName":"simple","Key":{"id":{"S":"b"}}}`), `{}`)
}
