package sns

import (
	"net/url"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

func TestTopics(t *testing.T) {
	p := newPlace(t, nil)
	made, err := p.w.Create(t.Context(), "Made", topicType, map[string]any{"FifoTopic": true})
	if err != nil || made.ARN != "arn:aws:sns:us-east-1:000000000000:test-Made-1A2B3C4D5E6F.fifo" || made.PhysicalID != made.ARN || made.Attributes["TopicName"] != "test-Made-1A2B3C4D5E6F.fifo" {
		t.Errorf("made %+v, %v", made, err)
	}
	if _, err := p.w.Create(t.Context(), "Twin", topicType, map[string]any{"TopicName": "news"}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second topic of the name: %v", err)
	}
	for at, properties := range map[string]map[string]any{"TopicName": {"TopicName": "x.fifo"}, "Subscription": {"Subscription": []any{map[string]any{"Protocol": "email", "Endpoint": "a@b"}}}} {
		if err := checkTopic(properties); err == nil || fault.As(err).Where != at {
			t.Errorf("%v: %v", properties, err)
		}
	}
	if err := checkSubscription(map[string]any{"Protocol": "https"}); fault.CodeOf(err) != fault.Unsupported {
		t.Errorf("an HTTP subscriber: %v", err)
	}
	if _, err := p.w.Create(t.Context(), "Lost", subscriptionType, map[string]any{"TopicArn": "arn:none", "Protocol": "sqs", "Endpoint": queueARN}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a subscription to nothing: %v", err)
	}
}

func TestTopicPolicies(t *testing.T) {
	p := newPlace(t, nil)
	document := map[string]any{"Version": "2012-10-17", "Statement": []any{}}
	properties := map[string]any{"Topics": []any{topicARN}, "PolicyDocument": document}
	one, err := p.w.Create(t.Context(), "One", policyType, properties)
	if err != nil {
		t.Fatal(err)
	}
	two, err := p.w.Create(t.Context(), "Two", policyType, properties)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.w.Delete(t.Context(), one); err != nil || len(p.w.Policies(topicARN)) != 1 {
		t.Errorf("removing an overwritten policy left %v: %v", p.w.Policies(topicARN), err)
	}
	got := ok[attributesXML](p, "GetTopicAttributes", "TopicArn", topicARN).get()
	if got["Policy"] == "" || got["Owner"] != "000000000000" || got["SubscriptionsConfirmed"] != "0" {
		t.Errorf("the attributes are %v", got)
	}
	if err := p.w.Delete(t.Context(), two); err != nil || len(p.w.Policies(topicARN)) != 0 {
		t.Errorf("removing the policy left %v: %v", p.w.Policies(topicARN), err)
	}
}

type attributesXML struct {
	Topic []entry `xml:"GetTopicAttributesResult>Attributes>entry"`
	Sub   []entry `xml:"GetSubscriptionAttributesResult>Attributes>entry"`
}

func (a attributesXML) get() map[string]string {
	out := map[string]string{}
	for _, e := range append(a.Topic, a.Sub...) {
		out[e.Key] = e.Value
	}
	return out
}

func TestDescriptions(t *testing.T) {
	p := newPlace(t, map[string]any{"DisplayName": "News", "Subscription": []any{map[string]any{"Protocol": "lambda", "Endpoint": functionARN}}, "Tags": []any{map[string]any{"Key": "a", "Value": "1"}}})
	sub := p.subscribe("A", "sqs", queueARN, "FilterPolicy", map[string]any{"a": []any{"b"}}, "RedrivePolicy", map[string]any{"deadLetterTargetArn": deadARN})
	list := ok[struct {
		Members []subscription `xml:"ListSubscriptionsByTopicResult>Subscriptions>member"`
	}](p, "ListSubscriptionsByTopic", "TopicArn", topicARN)
	if len(list.Members) != 2 || list.Members[0].SubscriptionArn != sub.ARN || list.Members[1].Endpoint != functionARN {
		t.Errorf("the subscriptions are %+v", list)
	}
	got := ok[attributesXML](p, "GetSubscriptionAttributes", "SubscriptionArn", sub.ARN).get()
	if got["FilterPolicy"] != `{"a":["b"]}` || got["FilterPolicyScope"] != "MessageAttributes" || got["RedrivePolicy"] != `{"deadLetterTargetArn":"`+deadARN+`"}` || got["RawMessageDelivery"] != "false" {
		t.Errorf("the attributes are %v", got)
	}
	p.refused(404, "NotFound", "GetSubscriptionAttributes", "SubscriptionArn", "arn:none")
	if got := string(p.ask("ListTopics").Body); !strings.Contains(got, "<Topics><member><TopicArn>"+topicARN) {
		t.Errorf("the topics are %s", got)
	}
	if got := string(p.ask("ListTagsForResource", "ResourceArn", topicARN).Body); !strings.Contains(got, "<Key>a</Key><Value>1</Value>") {
		t.Errorf("the tags are %s", got)
	}
	if got := string(newPlace(t, nil).ask("ListSubscriptions").Body); !strings.Contains(got, "<Subscriptions></Subscriptions>") {
		t.Errorf("an empty list is %s", got)
	}
}

func TestCall(t *testing.T) {
	target := kind.Target{Node: "news", Props: map[string]any{}, Resources: map[string]kind.Deployed{"": {PhysicalID: topicARN}}}
	for _, c := range []struct {
		props map[string]any
		want  string
	}{
		{map[string]any{}, "Action=Publish&Message=a%26b&TopicArn=" + url.QueryEscape(topicARN) + "&Version=2010-03-31"},
		{map[string]any{"type": "fifo"}, "Action=Publish&Message=a%26b&MessageGroupId=airloom&TopicArn=" + url.QueryEscape(topicARN) + "&Version=2010-03-31"},
	} {
		target.Props = c.props
		if r, err := New().Call(target, []byte("a&b")); err != nil || string(r.Body) != c.want || r.Service != "sns" {
			t.Errorf("%v: %s %v", c.props, r.Body, err)
		}
	}
	target.Props = map[string]any{"type": "fifo", "contentDeduplication": false}
	if r, err := New().Call(target, []byte("x")); err != nil || !strings.Contains(string(r.Body), "MessageDeduplicationId=2d711642b726b044") {
		t.Errorf("%s %v", r.Body, err)
	}
	if _, err := New().Call(target, nil); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("no payload: %v", err)
	}
	if _, err := New().Call(kind.Target{}, []byte("x")); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("not deployed: %v", err)
	}
}
