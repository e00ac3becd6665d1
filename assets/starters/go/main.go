// The function. What main does before lambda.Start runs once, when an environment starts: clients and connections belong
// there. The names of what you wire up come as environment variables.
package main

import (
	"context"
	"encoding/json"
	"log"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type answer struct {
	Message string          `json:"message"`
	Event   json.RawMessage `json:"event"`
}

func handle(_ context.Context, event json.RawMessage) (answer, error) {
	log.Printf("event %s", event)
	return answer{"hello from " + lambdacontext.FunctionName, event}, nil
}

func main() {
	log.SetFlags(0) // every log event has its time
	lambda.Start(handle)
}
