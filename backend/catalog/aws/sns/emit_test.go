package sns_test

import (
	"testing"

	"airloom/backend/catalog/aws/eventbus"
	"airloom/backend/catalog/aws/eventrule"
	"airloom/backend/catalog/aws/lambda"
	"airloom/backend/catalog/aws/s3"
	"airloom/backend/catalog/aws/sns"
	"airloom/backend/catalog/aws/sqs"
	"airloom/backend/internal/golden/drawing"
)

func TestTemplates(t *testing.T) {
	drawing.Each(t, "testdata/*.txtar", lambda.New(), s3.New(), sns.New(), sqs.New(), eventbus.New(), eventrule.New())
}
