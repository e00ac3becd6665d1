package spa_test

import (
	"testing"

	"airloom/backend/catalog/aws/httpapi"
	"airloom/backend/catalog/aws/lambda"
	"airloom/backend/catalog/client/spa"
	"airloom/backend/catalog/saas/auth0"
	"airloom/backend/internal/golden/drawing"
)

func TestTemplates(t *testing.T) {
	drawing.Each(t, "testdata/*.txtar", spa.New(), httpapi.New(), lambda.New(), auth0.New())
}
