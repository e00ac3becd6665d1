package sqs

import (
	"context"
	"strings"

	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
)

// api has codes of its own for SDKs that knew the query protocol.
var api = awsapi.JSON{Version: "1.0", Space: "com.amazonaws.sqs#", Refusal: "UnsupportedOperation", Internal: "InternalFailure", Denied: 403, Query: queryCodes}

// queryCodes are the codes of the older query protocol where they are others.
var queryCodes = map[string]string{
	"AccessDeniedException": "AccessDenied", "SerializationException": "MalformedInput", "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
	"UnsupportedOperation": "AWS.SimpleQueueService.UnsupportedOperation", "MessageNotInflight": "AWS.SimpleQueueService.MessageNotInflight",
	"PurgeQueueInProgress": "AWS.SimpleQueueService.PurgeQueueInProgress", "BatchRequestTooLong": "AWS.SimpleQueueService.BatchRequestTooLong",
	"EmptyBatchRequest": "AWS.SimpleQueueService.EmptyBatchRequest", "TooManyEntriesInBatchRequest": "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
	"InvalidBatchEntryId": "AWS.SimpleQueueService.InvalidBatchEntryId", "BatchEntryIdsNotDistinct": "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
}

func invalid(format string, args ...any) awsapi.Error {
	return awsapi.Errorf("InvalidParameterValue", format, args...)
}

func missing(parameter string) error {
	return awsapi.Errorf("MissingParameter", "The request must contain the parameter %s.", parameter)
}

func noQueue() error {
	return awsapi.Errorf("QueueDoesNotExist", "The specified queue does not exist.")
}

// call is one request being answered.
type call struct {
	b         *broker
	ctx       context.Context
	w         kind.World
	who       kind.Principal
	operation string
	body      []byte
}

// operations are those that the embedded sandbox carries out.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
var operations = map[string]func(call) (any, error){
	"SendMessage": call.sendMessage, "SendMessageBatch": call.sendMessageBatch, "ReceiveMessage": call.receiveMessage,
	"DeleteMessage": call.deleteMessage, "DeleteMessageBatch": call.deleteMessageBatch,
	"ChangeMessageVisibility": call.changeVisibility, "ChangeMessageVisibilityBatch": call.changeVisibilityBatch,
	"GetQueueAttributes": call.getAttributes, "SetQueueAttributes": call.setAttributes, "GetQueueUrl": call.getURL, "ListQueues": call.listQueues,
	"ListDeadLetterSourceQueues": call.listSources, "ListQueueTags": call.listTags, "PurgeQueue": call.purge,
}

// serve answers the AWS JSON 1.0 protocol; the query protocol of older SDKs is refused by name.
func (b *broker) serve(ctx context.Context, w kind.World, r kind.APIRequest) kind.HTTPResponse {
	operation, ok := strings.CutPrefix(r.Get("X-Amz-Target"), "AmazonSQS.")
	if !ok {
		return api.Answer(w, nil, api.Refuse("speaks the JSON protocol of SQS, which SDKs use since November 2023; this request uses the older query protocol: update the SDK"))
	}
	run, known := operations[operation]
	if !known {
		return api.Answer(w, nil, api.Refuse("does not carry out %s: queues are created and changed by drawing them", operation))
	}
	v, err := run(call{b, ctx, w, r.Principal, operation, r.Body})
	return api.Answer(w, v, err)
}

func (c call) read(into any) error { return api.Read(c.operation, c.body, into) }

// queue finds the queue of a request and checks that the caller may do this to it.
func (c call) queue(url, action string) (kind.Instance, error) {
	if url == "" {
		return kind.Instance{}, missing("QueueUrl")
	}
	in, ok := queueAt(c.w, url)
	if !ok {
		return in, noQueue()
	}
	return in, allow(c.w, c.who, action, in.ARN)
}

func allow(w kind.World, who kind.Principal, action, arn string) error {
	return w.Allow(kind.Access{Principal: who, Action: "sqs:" + action, Resource: arn})
}
