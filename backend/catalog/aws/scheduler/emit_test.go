package scheduler_test

import (
	"testing"

	"airloom/backend/catalog/aws/eventbus"
	"airloom/backend/catalog/aws/lambda"
	"airloom/backend/catalog/aws/scheduler"
	"airloom/backend/catalog/aws/sqs"
	"airloom/backend/internal/golden/drawing"
)

func TestTemplates(t *testing.T) {
	drawing.Each(t, "testdata/*.txtar", scheduler.New(), lambda.New(), sqs.New(), eventbus.New())
}
