package eventrule_test

import (
	"testing"

	"airloom/backend/catalog/aws/eventbus"
	"airloom/backend/catalog/aws/eventrule"
	"airloom/backend/catalog/aws/lambda"
	"airloom/backend/catalog/aws/sns"
	"airloom/backend/catalog/aws/sqs"
	"airloom/backend/internal/golden/drawing"
)

func TestTemplates(t *testing.T) {
	drawing.Each(t, "testdata/*.txtar", eventrule.New(), eventbus.New(), lambda.New(), sqs.New(), sns.New())
}
