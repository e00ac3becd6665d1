package httpapi_test

import (
	"testing"

	"airloom/backend/catalog/aws/httpapi"
	"airloom/backend/catalog/aws/lambda"
	"airloom/backend/catalog/client/spa"
	"airloom/backend/catalog/saas/auth0"
	"airloom/backend/internal/golden/drawing"
)

func TestTemplates(t *testing.T) {
	drawing.Each(t, "testdata/*.txtar", lambda.New(), httpapi.New(), auth0.New(), spa.New())
}
