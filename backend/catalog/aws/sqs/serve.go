package sqs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// apiError is an error answer of the SQS API: code is the JSON protocol's, query the older protocol's, which SDKs still
// show to programs.
type apiError struct {
	status               int
	code, query, message string
}

func (e apiError) Error() string { return e.message }

func invalid(format string, args ...any) apiError {
	return apiError{400, "InvalidParameterValue", "InvalidParameterValue", fault.New("", format, args...).Message}
}

func missing(parameter string) apiError {
	return apiError{400, "MissingParameter", "MissingParameter", "The request must contain the parameter " + parameter + "."}
}

func noQueue() apiError {
	return apiError{400, "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist."}
}

func unsupported(format string, args ...any) apiError {
	return apiError{400, "UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation", fault.New("", format, args...).Message}
}

// call is one request being answered.
type call struct {
	b    *broker
	ctx  context.Context
	w    kind.World
	who  kind.Principal
	body []byte
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
	target, ok := strings.CutPrefix(r.Get("X-Amz-Target"), "AmazonSQS.")
	if !ok {
		return answer(w, nil, unsupported("the embedded sandbox speaks the JSON protocol of SQS, which SDKs use since November 2023; this request uses the older query protocol: update the SDK"))
	}
	run, known := operations[target]
	if !known {
		return answer(w, nil, unsupported("the embedded sandbox does not carry out %s: queues are created and changed by drawing them", target))
	}
	v, err := run(call{b, ctx, w, r.Principal, r.Body})
	return answer(w, v, err)
}

func answer(w kind.World, v any, err error) kind.HTTPResponse {
	header := map[string][]string{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amzn-Requestid": {w.NewID()}}
	if err == nil {
		text, err := json.Marshal(v)
		if err == nil {
			return kind.HTTPResponse{Status: 200, Header: header, Body: text}
		}
		return answer(w, nil, fault.Wrap(err, fault.Internal, "print the answer"))
	}
	var e apiError
	if !errors.As(err, &e) {
		if e = (apiError{500, "InternalFailure", "InternalFailure", err.Error()}); fault.CodeOf(err) == fault.Denied {
			e = apiError{403, "AccessDeniedException", "AccessDenied", fault.As(err).Message}
		}
	}
	side := "Sender"
	if e.status >= 500 {
		side = "Receiver"
	}
	header["X-Amzn-Query-Error"] = []string{e.query + ";" + side}
	text, _ := json.Marshal(map[string]string{"__type": "com.amazonaws.sqs#" + e.code, "message": e.message}) // two strings always print
	return kind.HTTPResponse{Status: e.status, Header: header, Body: text}
}

// read decodes the request; a parameter that is not known here is refused by name, never ignored.
func (c call) read(into any) error {
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return unsupported("the embedded sandbox does not know the parameter %s of this operation", name)
	}
	return apiError{400, "SerializationException", "MalformedInput", "the request cannot be read: " + err.Error()}
}

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
