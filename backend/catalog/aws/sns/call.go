package sns

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Call publishes the payload. A FIFO topic gets the group "airloom" and, where content does not deduplicate, the payload's hash
// as the deduplication id.
func (Kind) Call(t kind.Target, payload []byte) (kind.Request, error) {
	topic, ok := t.Resources[""]
	if !ok {
		return kind.Request{}, fault.New(fault.NotFound, "the topic is not deployed").At(t.Node)
	}
	if len(payload) == 0 {
		return kind.Request{}, fault.New(fault.Invalid, "a message needs a body").At(t.Node).Try("give a payload")
	}
	form := url.Values{"Action": {"Publish"}, "Version": {"2010-03-31"}, "TopicArn": {topic.PhysicalID}, "Message": {string(payload)}}
	if t.Props["type"] == "fifo" {
		form.Set("MessageGroupId", "airloom")
		if t.Props["contentDeduplication"] == false {
			sum := sha256.Sum256(payload)
			form.Set("MessageDeduplicationId", hex.EncodeToString(sum[:]))
		}
	}
	return kind.Request{Service: "sns", Method: "POST", Path: "/", Body: []byte(form.Encode()),
		Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}, nil
}
