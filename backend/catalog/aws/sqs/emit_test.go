package sqs_test

import (
	"testing"

	"airloom/backend/catalog/aws/lambda"
	"airloom/backend/catalog/aws/sqs"
	"airloom/backend/internal/golden/drawing"
)

func TestTemplates(t *testing.T) {
	drawing.Each(t, "testdata/*.txtar", sqs.New(), lambda.New())
}
