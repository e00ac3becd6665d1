package sns

import (
	"encoding/json"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/policy"
)

// deadLetters is the suffix of the queue for what could not be delivered.
const deadLetters = "DeadLetters"

// principal is who delivers for a topic.
const principal = "sns.amazonaws.com"

// silent is the one service that does not say on whose behalf it publishes to a topic: a condition holds for it only as far as
// it says.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html#eb-no-messages-published-sns
const silent = "events.amazonaws.com"

// Emit adds the topic and its dead-letter queue.
func (Kind) Emit(s *kind.Scope) error {
	p := map[string]any{}
	if name := s.String("displayName"); name != "" {
		p["DisplayName"] = name
	}
	if name := s.String("topicName"); name != "" {
		p["TopicName"] = strings.TrimSuffix(name, ".fifo")
		if fifo(s) {
			p["TopicName"] = strings.TrimSuffix(name, ".fifo") + ".fifo"
		}
	}
	if fifo(s) {
		p["FifoTopic"], p["ContentBasedDeduplication"] = true, s.Flag("contentDeduplication")
		if s.Flag("highThroughput") {
			p["FifoThroughputScope"] = "MessageGroup"
		}
	}
	if s.Flag("tracing") && !fifo(s) {
		p["TracingConfig"] = "Active"
	}
	id := s.AddStateful("", kind.Resource{Type: topicType, Properties: p})
	s.Output("Arn", "ARN of the topic "+s.Node.Name, cfn.Ref(id))
	if s.String("deadLetter") == "automatic" {
		bury(s)
	}
	return nil
}

// bury adds the queue for what could not be delivered: one for all subscriptions, which must be FIFO where the topic is.
func bury(s *kind.Scope) {
	p := map[string]any{"SqsManagedSseEnabled": true, "MessageRetentionPeriod": 1209600}
	if fifo(s) {
		p["FifoQueue"] = true
	}
	id := s.AddStateful(deadLetters, kind.Resource{Type: "AWS::SQS::Queue", Properties: p})
	own := kind.Sender{Principal: principal, SourceARN: cfn.Ref(s.Logical(""))}
	s.Add(deadLetters+policy.Suffix, kind.Resource{Type: "AWS::SQS::QueuePolicy", Properties: map[string]any{"Queues": []any{cfn.Ref(id)},
		"PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{policy.Statement(own, "ArnLike", "sqs:SendMessage", cfn.GetAtt(id, "Arn"))}}}})
	s.Output("DeadLettersUrl", "Address of the dead-letter queue of "+s.Node.Name, cfn.Ref(id))
}

// Grant lets a caller publish.
func (Kind) Grant(w *kind.Wire) (kind.Grant, error) {
	arn := cfn.Ref(w.To.Logical(""))
	return kind.Grant{ARN: arn, Statements: []kind.Statement{{Actions: []string{"sns:Publish"}, Resources: []any{arn}}},
		Variables: map[string]any{"TOPIC_ARN": arn}}, nil
}

// Admit lets a service publish, narrowed to its source. The policy replaces the one that lets the owner's account do everything,
// which identities with permissions do not need.
func (Kind) Admit(w *kind.Wire, from kind.Sender) (kind.Endpoint, error) {
	if fifo(w.To) {
		w.Find(fault.Blocking, "topic-fifo", "", "use a standard topic", "%s cannot publish to a FIFO topic: it names no message group", w.From.Spec.Title)
	}
	arn := cfn.Ref(w.To.Logical(""))
	like := "ArnLike"
	if from.Principal == silent {
		like = "ArnLikeIfExists"
	}
	id := policies.Admit(w.To, arn, policy.Statement(from, like, "sns:Publish", arn))
	return kind.Endpoint{ARN: arn, Protocol: "sns", DependsOn: []string{id}}, nil
}

// Sender is the topic.
func (Kind) Sender(w *kind.Wire) (kind.Sender, error) {
	return kind.Sender{Principal: principal, SourceARN: cfn.Ref(w.From.Logical(""))}, nil
}

// Notify subscribes the target.
func (Kind) Notify(w *kind.Wire, to kind.Endpoint) error {
	if fifo(w.From) && to.Protocol != "sqs" {
		w.Find(fault.Blocking, "topic-fifo", "", "put a FIFO queue between the two, or make the topic standard", "a FIFO topic delivers to queues only, and %s is none", w.To.Node.Name)
	}
	p := map[string]any{"TopicArn": cfn.Ref(w.From.Logical("")), "Protocol": to.Protocol, "Endpoint": to.ARN}
	if to.Protocol == "sqs" && w.Flag("raw") {
		p["RawMessageDelivery"] = true
	}
	if filter := w.Value("filter"); filter != nil {
		scope := "MessageAttributes"
		if w.String("filterBy") == "body" {
			scope = "MessageBody"
		}
		if text, err := json.Marshal(filter); err != nil {
			return fault.Wrap(err, fault.Invalid, "print the filter").At(string(w.Edge.ID))
		} else if _, err := parseFilter(text, scope); err != nil {
			w.Find(fault.Blocking, "topic-filter", "filter", "see the documentation of filters", "%s", fault.As(err).Message)
		}
		p["FilterPolicy"], p["FilterPolicyScope"] = filter, scope
	}
	if w.From.Resource(deadLetters) != nil {
		p["RedrivePolicy"] = map[string]any{"deadLetterTargetArn": cfn.GetAtt(w.From.Logical(deadLetters), "Arn")}
	}
	w.Add("Subscription", kind.Resource{Type: subscriptionType, Properties: p, DependsOn: to.DependsOn})
	return nil
}

// Check finds what the fields alone get wrong.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	if name := s.String("topicName"); strings.HasSuffix(name, ".fifo") && !fifo(s) {
		return []fault.Finding{{Rule: "topic-name", Severity: fault.Blocking, Node: string(s.Node.ID), Field: "topicName", Source: docFIFO,
			Message: "only FIFO topics may have a name that ends in “.fifo”", Hint: "make the topic a FIFO topic or drop the ending"}}
	}
	return nil
}

func fifo(s *kind.Scope) bool { return s.String("type") == "fifo" }
