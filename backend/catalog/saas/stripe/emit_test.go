package stripe_test

import (
	"testing"

	"airloom/backend/catalog/aws/lambda"
	"airloom/backend/catalog/saas/stripe"
	"airloom/backend/internal/golden/drawing"
)

func TestTemplates(t *testing.T) {
	drawing.Each(t, "testdata/*.txtar", lambda.New(), stripe.New())
}
