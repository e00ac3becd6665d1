package sns

import (
	"cmp"
	"context"
	"strings"
	"sync"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/policy"
	"airloom/backend/kind/property"
)

const (
	topicType        = "AWS::SNS::Topic"
	subscriptionType = "AWS::SNS::Subscription"
	policyType       = "AWS::SNS::TopicPolicy"
	space            = "sns" // the namespace of all topics' state
)

// policies are the policies of topics.
var policies = policy.Attachment{Type: policyType, To: topicType, Noun: "topic", List: "Topics", Space: space}

// publisher is the working part of the SNS simulation. All data lies in kind.State; the lock keeps the order of FIFO topics.
type publisher struct{ mu sync.Mutex }

// Simulate brings topics, subscriptions, policies and the SNS API.
func (Kind) Simulate() kind.Simulation {
	b := &publisher{}
	return kind.Simulation{
		Types: []kind.ResourceType{{
			Type:       topicType,
			Properties: []string{"TopicName", "DisplayName", "FifoTopic", "ContentBasedDeduplication", "FifoThroughputScope", "Subscription.Endpoint", "Subscription.Protocol"},
			Ignored:    []string{"KmsMasterKeyId", "SignatureVersion", "Tags", "TracingConfig", "DeliveryStatusLogging"},
			Replace:    []string{"TopicName", "FifoTopic"},
			Check:      checkTopic, Create: create, Update: update, Delete: destroy, Accept: b.accept, Push: "sns:Publish",
		}, {
			Type:       subscriptionType,
			Properties: []string{"TopicArn", "Protocol", "Endpoint", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy"},
			Ignored:    []string{"Region"},
			Replace:    []string{"TopicArn", "Protocol", "Endpoint"},
			Check:      checkSubscription, Create: subscribe, Update: func(_ context.Context, w kind.World, old, in kind.Instance) (kind.Instance, error) {
				in.PhysicalID, in.ARN, in.Attributes = old.PhysicalID, old.ARN, old.Attributes
				return in, checkTargets(w, in)
			},
		}, policies.ResourceType()},
		Services: []kind.Service{{Name: "sns", Serve: b.serve}},
	}
}

// checkTopic refuses what SNS refuses, or what cannot be simulated, as far as it is known before anything exists.
func checkTopic(p map[string]any) error {
	if name := property.Text(p, "TopicName"); name != "" && strings.HasSuffix(name, ".fifo") != property.Flag(p, "FifoTopic") {
		return fault.New(fault.Invalid, "the name of a FIFO topic, and of no other, ends in .fifo: %s", name).At("TopicName")
	}
	list, _ := p["Subscription"].([]any)
	for _, e := range list {
		m, _ := e.(map[string]any)
		if err := checkProtocol(m["Protocol"], property.Flag(p, "FifoTopic")); err != nil {
			return err.At("Subscription")
		}
	}
	return nil
}

func checkProtocol(v any, fifo bool) *fault.Error {
	switch protocol, known := v.(string); {
	case !known:
		return nil
	case protocol != "lambda" && protocol != "sqs":
		return fault.New(fault.Unsupported, "subscribers of the protocol %s are not simulated: functions and queues are", protocol)
	case fifo && protocol != "sqs":
		return fault.New(fault.Invalid, "a FIFO topic delivers to queues only")
	}
	return nil
}

func checkSubscription(p map[string]any) error {
	if err := checkProtocol(p["Protocol"], false); err != nil {
		return err.At("Protocol")
	}
	if p["FilterPolicy"] == nil {
		return nil
	}
	if _, err := filterOf(p); err != nil {
		return fault.New(fault.Invalid, "%s", fault.As(err).Message).At("FilterPolicy")
	}
	return nil
}

func create(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	name := property.Text(in.Properties, "TopicName")
	if name == "" {
		name = in.PhysicalID
		if property.Flag(in.Properties, "FifoTopic") {
			name += ".fifo"
		}
	}
	in.ARN = w.ARN("sns", name)
	if _, taken := w.Find(in.ARN); taken {
		return in, fault.New(fault.Conflict, "a topic named %s exists already", name).At(in.LogicalID)
	}
	in.PhysicalID = in.ARN
	in.Attributes = map[string]any{"TopicArn": in.ARN, "TopicName": name}
	return in, nil
}

func update(_ context.Context, _ kind.World, old, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID, in.ARN, in.Attributes = old.PhysicalID, old.ARN, old.Attributes
	return in, nil
}

func destroy(_ context.Context, w kind.World, in kind.Instance) error {
	return w.State(space).Update(func(tx kind.Tx) error {
		return cmp.Or(tx.DeletePrefix(key('d', in.ARN)), tx.Delete(key('n', in.ARN)))
	})
}

func subscribe(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	topic := property.Text(in.Properties, "TopicArn")
	in.ARN = topic + ":" + w.NewID()
	in.PhysicalID = in.ARN
	in.Attributes = map[string]any{"Arn": in.ARN}
	return in, checkTargets(w, in)
}

// checkTargets refuses a subscription that SNS would refuse: to a topic that is not there, of a function to a FIFO topic.
func checkTargets(w kind.World, in kind.Instance) error {
	arn := property.Text(in.Properties, "TopicArn")
	topic, ok := w.Find(arn)
	if !ok || topic.Type != topicType {
		return fault.New(fault.NotFound, "the topic %s does not exist", arn).At(in.LogicalID)
	}
	if err := checkProtocol(in.Properties["Protocol"], property.Flag(topic.Properties, "FifoTopic")); err != nil {
		return err.At(in.LogicalID)
	}
	return nil
}

// key is a state key of a topic: d a deduplication id, n the last sequence number.
func key(what byte, arn string, rest ...string) []byte {
	return []byte(string(what) + "/" + arn + "/" + strings.Join(rest, "/"))
}
