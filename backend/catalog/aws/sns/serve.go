package sns

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
)

// api is how SNS speaks.
var api = awsapi.Query{Namespace: "http://sns.amazonaws.com/doc/2010-03-31/", Denied: "AuthorizationError", Internal: "InternalError"}

func invalid(parameter, format string, args ...any) error {
	return awsapi.Errorf("InvalidParameter", "Invalid parameter: %s Reason: %s", parameter, fmt.Sprintf(format, args...))
}

func invalidValue(format string, args ...any) error {
	return awsapi.Errorf("ParameterValueInvalid", format, args...)
}

// call is one request being answered.
type call struct {
	b     *publisher
	ctx   context.Context
	w     kind.World
	who   kind.Principal
	hops  int
	form  url.Values
	taken map[string]bool // the parameters that were read
}

// operations are those that the embedded sandbox carries out.
// https://docs.aws.amazon.com/sns/latest/api/API_Operations.html
var operations = map[string]func(*call) (any, error){
	"Publish": (*call).publish, "PublishBatch": (*call).publishBatch, "ListTopics": (*call).listTopics,
	"ListSubscriptions": (*call).listSubscriptions, "ListSubscriptionsByTopic": (*call).listSubscriptionsByTopic,
	"GetTopicAttributes": (*call).topicAttributes, "GetSubscriptionAttributes": (*call).subscriptionAttributes, "ListTagsForResource": (*call).tags,
}

// serve answers the AWS query protocol: a form in, XML out.
func (b *publisher) serve(ctx context.Context, w kind.World, r kind.APIRequest) kind.HTTPResponse {
	form, err := api.Form(r)
	if err != nil {
		return api.Answer(w, "", nil, err)
	}
	action := form.Get("Action")
	run, known := operations[action]
	if !known {
		return api.Answer(w, "", nil, awsapi.Errorf("InvalidAction", "the embedded sandbox does not carry out %s: topics and subscriptions are created and changed by drawing them", action))
	}
	c := &call{b: b, ctx: ctx, w: w, who: r.Principal, hops: r.Hops(), form: form, taken: map[string]bool{"Action": true, "Version": true}}
	v, err := run(c)
	return api.Answer(w, action, v, err)
}

// get reads a parameter.
func (c *call) get(name string) string { c.taken[name] = true; return c.form.Get(name) }

// done refuses what was not read: a parameter that is not known here is never ignored.
func (c *call) done() error {
	for _, name := range slices.Sorted(maps.Keys(c.form)) {
		if !c.taken[name] {
			return invalid(name, "the embedded sandbox does not know this parameter")
		}
	}
	return nil
}

// list is a list of a result; an empty one is printed too, since SDKs tell it from none.
type list[T any] struct {
	Members []T `xml:"member"`
}

// topic finds the topic of a request and checks that the caller may do this to it.
func (c *call) topic(parameter, action string) (topic, error) {
	arn := c.get(parameter)
	if parameter == "TopicArn" && arn == "" {
		arn = c.get("TargetArn")
	}
	if arn == "" {
		return topic{}, invalid(parameter, "no value for required parameter")
	}
	if err := c.w.Allow(kind.Access{Principal: c.who, Action: "sns:" + action, Resource: arn}); err != nil {
		return topic{}, err
	}
	in, ok := c.w.Find(arn)
	if !ok || in.Type != topicType {
		return topic{}, awsapi.Error{Status: 404, Code: "NotFound", Message: "Topic does not exist"}
	}
	return topicOf(in), nil
}

// draft reads a message; prefix is "" or an entry of a batch.
func (c *call) draft(prefix string) (message, error) {
	m := message{Body: c.get(prefix + "Message"), Subject: c.get(prefix + "Subject"), Group: c.get(prefix + "MessageGroupId"),
		Dedup: c.get(prefix + "MessageDeduplicationId"), Attributes: map[string]attribute{}}
	for i := 1; ; i++ {
		p := prefix + "MessageAttributes.entry." + strconv.Itoa(i) + "."
		if !c.form.Has(p + "Name") {
			break
		}
		a := attribute{Type: c.get(p + "Value.DataType"), Value: c.get(p + "Value.StringValue")}
		if base(a.Type) == "Binary" {
			a.Value = c.get(p + "Value.BinaryValue")
		}
		m.Attributes[c.get(p+"Name")] = a
	}
	return m, m.split(c.get(prefix + "MessageStructure"))
}

type published struct {
	MessageID      string `xml:"MessageId"`
	SequenceNumber string `xml:",omitempty"`
}

func (c *call) publish() (any, error) {
	if c.form.Has("PhoneNumber") {
		return nil, invalid("PhoneNumber", "the embedded sandbox sends no text messages to phones")
	}
	t, err := c.topic("TopicArn", "Publish")
	if err != nil {
		return nil, err
	}
	m, err := c.draft("")
	if err = cmp.Or(err, c.done()); err != nil {
		return nil, err
	}
	if err := m.check(t); err != nil {
		return nil, err
	}
	m, err = c.b.publish(c.ctx, c.w, t, m, c.hops)
	return published{m.ID, m.Sequence}, err
}

type batchSuccess struct {
	ID string `xml:"Id"`
	published
}

type batchFailure struct {
	ID          string `xml:"Id"`
	Code        string
	Message     string
	SenderFault bool
}

func (c *call) publishBatch() (any, error) {
	t, err := c.topic("TopicArn", "Publish")
	if err != nil {
		return nil, err
	}
	type entry struct {
		id  string
		m   message
		err error
	}
	var entries []entry
	seen, total := map[string]bool{}, 0
	for i := 1; ; i++ {
		p := "PublishBatchRequestEntries.member." + strconv.Itoa(i) + "."
		if !c.form.Has(p + "Id") {
			break
		}
		e := entry{id: c.get(p + "Id")}
		e.m, e.err = c.draft(p)
		switch {
		case seen[e.id]:
			return nil, awsapi.Errorf("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")
		case e.id == "" || len(e.id) > 80 || strings.Trim(strings.ToLower(e.id), "abcdefghijklmnopqrstuvwxyz0123456789_-") != "":
			return nil, awsapi.Errorf("InvalidBatchEntryId", "The Id of a batch entry in a batch request doesn't abide by the specification.")
		}
		seen[e.id], total = true, total+e.m.size()
		entries = append(entries, e)
	}
	switch err := c.done(); {
	case err != nil:
		return nil, err
	case len(entries) == 0:
		return nil, awsapi.Errorf("EmptyBatchRequest", "The batch request doesn't contain any entries.")
	case len(entries) > 10:
		return nil, awsapi.Errorf("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.")
	case total > largest:
		return nil, awsapi.Errorf("BatchRequestTooLong", "The length of all the batch messages put together is more than the limit.")
	}
	var out struct {
		Successful list[batchSuccess]
		Failed     list[batchFailure]
	}
	for _, e := range entries {
		m := e.m
		if e.err = cmp.Or(e.err, m.check(t)); e.err == nil {
			m, e.err = c.b.publish(c.ctx, c.w, t, m, c.hops)
		}
		if e.err != nil {
			f := api.Error(e.err)
			out.Failed.Members = append(out.Failed.Members, batchFailure{e.id, f.Code, f.Message, f.Status < 500})
			continue
		}
		out.Successful.Members = append(out.Successful.Members, batchSuccess{e.id, published{m.ID, m.Sequence}})
	}
	return out, nil
}
