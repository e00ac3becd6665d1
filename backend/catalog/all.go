// Package catalog is the shelf: one ordered list of all kinds, in the order of the palette. A new kind is one folder and one
// line here.
package catalog

import (
	"airloom/backend/catalog/aws/dynamodb"
	"airloom/backend/catalog/aws/eventbus"
	"airloom/backend/catalog/aws/eventrule"
	"airloom/backend/catalog/aws/httpapi"
	"airloom/backend/catalog/aws/lambda"
	"airloom/backend/catalog/aws/resource"
	"airloom/backend/catalog/aws/s3"
	"airloom/backend/catalog/aws/scheduler"
	"airloom/backend/catalog/aws/secretsmanager"
	"airloom/backend/catalog/aws/sns"
	"airloom/backend/catalog/aws/sqs"
	"airloom/backend/catalog/aws/ssm"
	"airloom/backend/catalog/client/spa"
	"airloom/backend/catalog/group"
	"airloom/backend/catalog/note"
	"airloom/backend/catalog/saas/auth0"
	"airloom/backend/catalog/saas/stripe"
	"airloom/backend/kind"
)

// Shelf is the shelf. Kinds are values without state, so that one shelf serves everybody.
func Shelf() kind.Shelf {
	return kind.Shelf{
		lambda.New(),
		httpapi.New(),
		dynamodb.New(),
		s3.New(),
		ssm.New(),
		sqs.New(),
		sns.New(),
		eventbus.New(),
		eventrule.New(),
		scheduler.New(),
		secretsmanager.New(),
		spa.New(),
		auth0.New(),
		stripe.New(),
		resource.New(),
		group.New(),
		note.New(),
	}
}
