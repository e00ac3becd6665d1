package sns

import (
	"cmp"
	"encoding/json"
	"strconv"

	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
	"airloom/backend/kind/policy"
	"airloom/backend/kind/property"
)

// attributes are printed as a list of entries.
type attributes struct {
	Attributes struct {
		Entries []entry `xml:"entry"`
	}
}

type entry struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

func (a *attributes) add(name, value string) {
	if value != "" {
		a.Attributes.Entries = append(a.Attributes.Entries, entry{name, value})
	}
}

func (c *call) topicAttributes() (any, error) {
	t, err := c.topic("TopicArn", "GetTopicAttributes")
	if err = cmp.Or(err, c.done()); err != nil {
		return nil, err
	}
	var out attributes
	name := property.Text(t.Properties, "DisplayName")
	out.add("TopicArn", t.ARN)
	out.Attributes.Entries = append(out.Attributes.Entries, entry{"DisplayName", name})
	out.add("Owner", c.w.Account())
	out.add("SubscriptionsConfirmed", strconv.Itoa(len(subscribers(c.w, t))))
	out.add("SubscriptionsPending", "0")
	out.add("SubscriptionsDeleted", "0")
	if err := c.w.State(space).View(func(tx kind.Tx) error { out.add("Policy", policy.Text(tx, t.ARN)); return nil }); err != nil {
		return nil, err
	}
	if t.fifo {
		out.add("FifoTopic", "true")
		out.add("ContentBasedDeduplication", strconv.FormatBool(t.contentDeduplication))
		if t.perGroup {
			out.add("FifoThroughputScope", "MessageGroup")
		} else {
			out.add("FifoThroughputScope", "Topic")
		}
	}
	return out, nil
}

func (c *call) subscriptionAttributes() (any, error) {
	arn := c.get("SubscriptionArn")
	if err := c.done(); err != nil {
		return nil, err
	}
	if err := c.w.Allow(kind.Access{Principal: c.who, Action: "sns:GetSubscriptionAttributes", Resource: arn}); err != nil {
		return nil, err
	}
	for _, in := range c.w.Instances(topicType) {
		for _, s := range subscribers(c.w, topicOf(in)) {
			if s.arn == arn {
				return s.attributes(c.w), nil
			}
		}
	}
	return nil, awsapi.Error{Status: 404, Code: "NotFound", Message: "Subscription does not exist"}
}

func (s subscriber) attributes(w kind.World) attributes {
	var out attributes
	out.add("SubscriptionArn", s.arn)
	out.add("TopicArn", s.topic)
	out.add("Owner", w.Account())
	out.add("Protocol", s.protocol)
	out.add("Endpoint", s.endpoint)
	out.add("RawMessageDelivery", strconv.FormatBool(s.raw))
	out.add("PendingConfirmation", "false")
	out.add("ConfirmationWasAuthenticated", "true")
	for _, name := range []string{"FilterPolicy", "RedrivePolicy"} {
		text, ok := s.properties[name].(string)
		if v := s.properties[name]; v != nil && !ok {
			raw, err := json.Marshal(v)
			if err == nil {
				text = string(raw)
			}
		}
		out.add(name, text)
	}
	if s.properties["FilterPolicy"] != nil {
		scope, ok := s.properties["FilterPolicyScope"].(string)
		if !ok {
			scope = "MessageAttributes"
		}
		out.add("FilterPolicyScope", scope)
	}
	return out
}

type subscription struct {
	TopicArn        string
	Protocol        string
	SubscriptionArn string
	Owner           string
	Endpoint        string
}

type subscriptions struct {
	Subscriptions list[subscription]
}

func (l *subscriptions) add(w kind.World, all []subscriber) {
	for _, s := range all {
		l.Subscriptions.Members = append(l.Subscriptions.Members, subscription{s.topic, s.protocol, s.arn, w.Account(), s.endpoint})
	}
}

// Lists are given whole: there are never so many here that they needed pages, and a token is refused as unknown.
func (c *call) listSubscriptionsByTopic() (any, error) {
	t, err := c.topic("TopicArn", "ListSubscriptionsByTopic")
	if err = cmp.Or(err, c.done()); err != nil {
		return nil, err
	}
	var out subscriptions
	out.add(c.w, subscribers(c.w, t))
	return out, nil
}

func (c *call) listSubscriptions() (any, error) {
	if err := cmp.Or(c.everywhere("ListSubscriptions"), c.done()); err != nil {
		return nil, err
	}
	var out subscriptions
	for _, in := range c.w.Instances(topicType) {
		out.add(c.w, subscribers(c.w, topicOf(in)))
	}
	return out, nil
}

func (c *call) listTopics() (any, error) {
	if err := cmp.Or(c.everywhere("ListTopics"), c.done()); err != nil {
		return nil, err
	}
	type member struct{ TopicArn string }
	var out struct {
		Topics list[member]
	}
	for _, in := range c.w.Instances(topicType) {
		out.Topics.Members = append(out.Topics.Members, member{in.ARN})
	}
	return out, nil
}

// everywhere checks an action that is about no topic in particular.
func (c *call) everywhere(action string) error {
	return c.w.Allow(kind.Access{Principal: c.who, Action: "sns:" + action, Resource: c.w.ARN("sns", "*")})
}

func (c *call) tags() (any, error) {
	t, err := c.topic("ResourceArn", "ListTagsForResource")
	if err = cmp.Or(err, c.done()); err != nil {
		return nil, err
	}
	type tag struct{ Key, Value string }
	var out struct {
		Tags list[tag]
	}
	known, _ := t.Properties["Tags"].([]any)
	for _, e := range known {
		m, _ := e.(map[string]any)
		name := property.Text(m, "Key")
		value := property.Text(m, "Value")
		out.Tags.Members = append(out.Tags.Members, tag{name, value})
	}
	return out, nil
}
