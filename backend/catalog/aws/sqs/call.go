package sqs

import (
	"encoding/json"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Call sends the payload as a message. A FIFO queue gets the group "airloom" and, where content does not deduplicate, the
// payload is sent as its own deduplication id by hash.
func (Kind) Call(t kind.Target, payload []byte) (kind.Request, error) {
	queue, ok := t.Resources[""]
	if !ok {
		return kind.Request{}, fault.New(fault.NotFound, "the queue is not deployed").At(t.Node)
	}
	if len(payload) == 0 {
		return kind.Request{}, fault.New(fault.Invalid, "a message needs a body").At(t.Node).Try("give a payload")
	}
	in := map[string]any{"QueueUrl": queue.PhysicalID, "MessageBody": string(payload)}
	if t.Props["type"] == "fifo" {
		in["MessageGroupId"] = "airloom"
		if t.Props["contentDeduplication"] == false {
			in["MessageDeduplicationId"] = md5Of(string(payload))
		}
	}
	body, err := json.Marshal(in)
	if err != nil {
		return kind.Request{}, fault.Wrap(err, fault.Invalid, "print the message").At(t.Node)
	}
	return kind.Request{Service: "sqs", Method: "POST", Path: "/", Body: body,
		Header: map[string]string{"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.SendMessage"}}, nil
}
