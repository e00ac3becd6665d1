// Package sqs is the kind aws.sqs: a queue, standard or FIFO, with its dead-letter queue. kind.go says what it is and
// which CloudFormation it becomes; the other files are its offline behaviour over kind.World. It imports kind, cfn and
// fault only.
package sqs

import (
	_ "embed"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the queue's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.CallTarget = Kind{}
	_ kind.CallSource = Kind{}
	_ kind.PushTarget = Kind{}
	_ kind.PollSource = Kind{}
	_ kind.Finisher   = Kind{}
	_ kind.Simulator  = Kind{}
	_ kind.Caller     = Kind{}
	_ kind.Checker    = Kind{}
)

const (
	doc     = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html"
	docDLQ  = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
	docESM  = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"
	docFIFO = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fifo-queues.html"

	// deadLetters is the suffix of the built-in dead-letter queue, policy that of the queue policy.
	deadLetters, policy = "DeadLetters", "Policy"
	fortnight           = 1209600 // seconds: the longest retention SQS offers
)

// Spec describes the queue.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "aws.sqs", Title: "SQS queue", Noun: "queue", Category: "Messaging",
		Summary:  "Holds messages until a function has handled them; what keeps failing goes to a dead-letter queue",
		Keywords: []string{"message", "fifo", "dead letter", "dlq", "buffer", "worker"},
		Icon:     icon, Help: help, Doc: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/welcome.html",
		Shape: kind.Box, Stateful: true, Callable: true, Sample: `{"hello": "queue"}`,
		Fields: []kind.Field{
			{Name: "type", Title: "Type", Type: kind.Choice, Options: []string{"standard", "fifo"}, Default: "standard", Doc: docFIFO,
				Help: "A FIFO queue keeps the order within a message group and drops duplicates of the last five minutes. Changing the type replaces the queue."},
			{Name: "visibility", Title: "Visibility timeout", Type: kind.Number, Min: kind.Bound(0), Max: kind.Bound(43200), Step: 1, Unit: "s", Doc: docESM,
				Help: "How long a received message stays hidden. Left empty it is automatic: six times the timeout of the function that the queue feeds, as AWS recommends."},
			{Name: "deadLetter", Title: "Dead-letter queue", Type: kind.Choice, Options: []string{"automatic", "none"}, Default: "automatic", Doc: docDLQ,
				Help: "Automatic: where the queue feeds a function and no wire names a dead-letter queue, one is added that keeps failed messages for 14 days."},
			{Name: "maxReceives", Title: "Tries before the dead-letter queue", Type: kind.Number, Default: 5.0, Min: kind.Bound(1), Max: kind.Bound(1000), Step: 1, Doc: docESM,
				Help: "How often a message is received before it is set aside. AWS recommends at least 5 for queues that feed functions, since throttled tries count too."},
			{Name: "retention", Title: "Retention", Type: kind.Number, Group: "Delivery", Default: 345600.0, Min: kind.Bound(60), Max: kind.Bound(fortnight), Step: 1, Unit: "s", Doc: doc,
				Help: "How long a message that nobody deletes is kept."},
			{Name: "delay", Title: "Delay", Type: kind.Number, Group: "Delivery", Default: 0.0, Min: kind.Bound(0), Max: kind.Bound(900), Step: 1, Unit: "s", Doc: doc,
				Help: "How long a new message stays hidden at first."},
			{Name: "wait", Title: "Long polling", Type: kind.Number, Group: "Delivery", Default: 20.0, Min: kind.Bound(0), Max: kind.Bound(20), Step: 1, Unit: "s", Doc: doc,
				Help: "How long a receive call waits for the first message. 20 s means the fewest empty, paid answers."},
			{Name: "maxBytes", Title: "Largest message", Type: kind.Number, Group: "Delivery", Default: 1048576.0, Min: kind.Bound(1024), Max: kind.Bound(1048576), Step: 1, Unit: "B", Doc: doc},
			{Name: "contentDeduplication", Title: "Deduplicate by content", Type: kind.Flag, Group: "FIFO", Default: true, Doc: docFIFO,
				Help: "Messages without a deduplication id get the hash of their body as one."},
			{Name: "highThroughput", Title: "High throughput", Type: kind.Flag, Group: "FIFO", Default: false, Doc: docFIFO,
				Help: "Limits and deduplication count per message group instead of per queue."},
			{Name: "queueName", Title: "Queue name", Type: kind.Text, Group: "Advanced", Pattern: `[A-Za-z0-9_-]{1,75}(\.fifo)?`, Doc: doc,
				Help: "Left empty, CloudFormation makes a name. A fixed name stops two stacks from living in one account. FIFO names get their “.fifo” by themselves."},
			{Name: "keep", Title: "Keep when removed", Type: kind.Flag, Group: "Advanced", Default: false,
				Help: "The queue and its messages stay in the account when it leaves the drawing or the stack is destroyed."},
		},
		Ports: []kind.Port{
			{ID: "in", Title: "Messages", Dir: kind.In, Speaks: []kind.Speak{
				{Protocol: kind.Call, Access: []string{"send", "deadletter"}}, {Protocol: kind.Push}}},
			{ID: "out", Title: "Consumers", Dir: kind.Out, Speaks: []kind.Speak{
				{Protocol: kind.Poll}, {Protocol: kind.Call, Access: []string{"deadletter"}}},
				Fields: []kind.Field{
					{Name: "batchSize", Title: "Batch size", Type: kind.Number, Default: 10.0, Min: kind.Bound(1), Max: kind.Bound(10000), Step: 1, Doc: docESM,
						Help: "Most messages of one invocation: up to 10, and up to 10,000 on standard queues with a batch window."},
					{Name: "batchWindow", Title: "Batch window", Type: kind.Number, Default: 0.0, Min: kind.Bound(0), Max: kind.Bound(300), Step: 1, Unit: "s", Doc: docESM,
						Help: "How long Lambda gathers a batch. Standard queues only."},
					{Name: "maxConcurrency", Title: "Most functions at once", Type: kind.Number, Min: kind.Bound(2), Max: kind.Bound(1000), Step: 1, Doc: docESM},
					{Name: "partialFailures", Title: "Failures per message", Type: kind.Flag, Default: true, Doc: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
						Help: "The function may answer with batchItemFailures: only those messages come again. Without it one failure repeats the whole batch."},
					{Name: "maxReceives", Title: "Tries before the dead-letter queue", Type: kind.Number, Min: kind.Bound(1), Max: kind.Bound(1000), Step: 1, Doc: docDLQ,
						Help: "For a wire to a dead-letter queue. Left empty, the queue's own value counts."},
				}},
		},
	}
}

// Emit adds the queue.
func (Kind) Emit(s *kind.Scope) error {
	p := map[string]any{
		"SqsManagedSseEnabled":          true,
		"MessageRetentionPeriod":        whole(s.Number("retention")),
		"ReceiveMessageWaitTimeSeconds": whole(s.Number("wait")),
		"MaximumMessageSize":            whole(s.Number("maxBytes")),
	}
	if d := s.Number("delay"); d > 0 {
		p["DelaySeconds"] = whole(d)
	}
	if s.Value("visibility") != nil {
		p["VisibilityTimeout"] = whole(s.Number("visibility"))
	}
	if name := s.String("queueName"); name != "" {
		p["QueueName"] = strings.TrimSuffix(name, ".fifo")
		if fifo(s) {
			p["QueueName"] = strings.TrimSuffix(name, ".fifo") + ".fifo"
		}
	}
	if fifo(s) {
		p["FifoQueue"] = true
		p["ContentBasedDeduplication"] = s.Flag("contentDeduplication")
		if s.Flag("highThroughput") {
			p["DeduplicationScope"], p["FifoThroughputLimit"] = "messageGroup", "perMessageGroupId"
		}
	}
	id := s.Add("", kind.Resource{Type: "AWS::SQS::Queue", Properties: p, DeletionPolicy: retain(s), UpdateReplacePolicy: retain(s)})
	s.Output("Url", "Address of the queue "+s.Node.Name, cfn.Ref(id))
	return nil
}

// Grant lets a caller send. A dead-letter sender gets no variable: the service sends, not the code.
func (Kind) Grant(w *kind.Wire) (kind.Grant, error) {
	arn := cfn.GetAtt(w.To.Logical(""), "Arn")
	send := kind.Statement{Actions: []string{"sqs:SendMessage"}, Resources: []any{arn}}
	if w.Edge.Access == "deadletter" {
		return kind.Grant{ARN: arn, Statements: []kind.Statement{send}}, nil
	}
	send.Actions = append(send.Actions, "sqs:GetQueueAttributes", "sqs:GetQueueUrl")
	return kind.Grant{ARN: arn, Statements: []kind.Statement{send}, Variables: map[string]any{"QUEUE_URL": cfn.Ref(w.To.Logical(""))}}, nil
}

// Use makes the called queue the dead-letter queue of this one: SQS itself moves the messages, so no permission is needed.
func (Kind) Use(w *kind.Wire, g kind.Grant) error {
	if w.Edge.From.Node == w.Edge.To.Node {
		w.Find(fault.Blocking, "queue-deadletter", "", "draw another queue for it", "a queue cannot be its own dead-letter queue")
		return nil
	}
	if fifo(w.From) != fifo(w.To) {
		w.Find(fault.Blocking, "queue-deadletter", "", "give both queues the same type", "the dead-letter queue of a %s queue must be %[1]s too", w.From.String("type"))
	}
	if have := w.From.Resource("").Properties["RedrivePolicy"]; have != nil && !builtIn(w.From, have) {
		w.Find(fault.Blocking, "queue-deadletter", "", "keep one of the wires", "a queue has one dead-letter queue, and %s has two wires to one", w.From.Node.Name)
		return nil
	}
	tries := w.Number("maxReceives")
	if tries == 0 {
		tries = w.From.Number("maxReceives")
	}
	w.From.Resource("").Properties["RedrivePolicy"] = redrive(g.ARN, tries)
	return nil
}

// Admit lets a service send to the queue, narrowed to its source. All senders share one policy resource, since SQS keeps
// one policy per queue and a second resource would overwrite the first.
func (Kind) Admit(w *kind.Wire, from kind.Sender) (kind.Endpoint, error) {
	if fifo(w.To) && from.Principal == "s3.amazonaws.com" {
		w.Find(fault.Blocking, "queue-fifo", "", "use a standard queue, or a function between the two", "S3 cannot notify a FIFO queue")
	}
	if fifo(w.To) && from.Principal == "sns.amazonaws.com" && w.From.String("type") == "standard" {
		w.Find(fault.Blocking, "queue-fifo", "", "give both the same type", "a standard topic cannot deliver to a FIFO queue")
	}
	arn := cfn.GetAtt(w.To.Logical(""), "Arn")
	condition := map[string]any{"ArnLike": map[string]any{"aws:SourceArn": from.SourceARN}}
	if from.SourceAccount != nil {
		condition["StringEquals"] = map[string]any{"aws:SourceAccount": from.SourceAccount}
	}
	statement := map[string]any{"Effect": "Allow", "Principal": map[string]any{"Service": from.Principal},
		"Action": "sqs:SendMessage", "Resource": arn, "Condition": condition}
	if r := w.To.Resource(policy); r != nil {
		document, _ := r.Properties["PolicyDocument"].(map[string]any)
		list, _ := document["Statement"].([]any)
		document["Statement"] = append(list, statement)
	} else {
		w.To.Add(policy, kind.Resource{Type: "AWS::SQS::QueuePolicy", Properties: map[string]any{
			"Queues":         []any{cfn.Ref(w.To.Logical(""))},
			"PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{statement}}}})
	}
	return kind.Endpoint{ARN: arn, Protocol: "sqs", DependsOn: []string{w.To.Logical(policy)}}, nil
}

// Stream lets Lambda read the queue, with a visibility timeout and a dead-letter queue that suit the reader.
func (Kind) Stream(w *kind.Wire) (kind.Stream, error) {
	arn := cfn.GetAtt(w.From.Logical(""), "Arn")
	batch, window := w.Number("batchSize"), w.Number("batchWindow")
	if fifo(w.From) && (batch > 10 || window > 0) {
		w.Find(fault.Blocking, "queue-batch", "batchSize", "at most 10 messages and no batch window", "a FIFO queue feeds at most 10 messages at a time and cannot gather them")
	} else if batch > 10 && window < 1 {
		w.Find(fault.Blocking, "queue-batch", "batchWindow", "set a batch window of at least 1 s", "batches of more than 10 messages need a batch window")
	}
	own := w.From.Resource("")
	need := min(43200, 6*readerTimeout(w)+window)
	if w.From.Value("visibility") == nil {
		if have, ok := own.Properties["VisibilityTimeout"].(int); !ok || float64(have) < need {
			own.Properties["VisibilityTimeout"] = whole(need)
		}
	} else if have := w.From.Number("visibility"); have < readerTimeout(w) {
		w.From.Find(fault.Blocking, "queue-visibility", "visibility", "leave it empty for the automatic value", "the visibility timeout of %g s is shorter than the timeout of %s (%g s): Lambda refuses such a mapping", have, w.To.Node.Name, readerTimeout(w))
	} else if have < need {
		w.From.Find(fault.Warning, "queue-visibility", "visibility", "leave it empty for the automatic value", "the visibility timeout of %g s is less than six times the timeout of %s: messages may be handled twice", have, w.To.Node.Name)
	}
	if w.From.String("deadLetter") == "automatic" && own.Properties["RedrivePolicy"] == nil {
		own.Properties["RedrivePolicy"] = redrive(cfn.GetAtt(w.From.Logical(deadLetters), "Arn"), w.From.Number("maxReceives"))
	}
	p := map[string]any{"BatchSize": whole(batch)}
	if window > 0 {
		p["MaximumBatchingWindowInSeconds"] = whole(window)
	}
	if n := w.Number("maxConcurrency"); n > 0 {
		p["ScalingConfig"] = map[string]any{"MaximumConcurrency": whole(n)}
	}
	if w.Flag("partialFailures") {
		p["FunctionResponseTypes"] = []any{"ReportBatchItemFailures"}
	}
	return kind.Stream{ARN: arn, Properties: p, Statements: []kind.Statement{{Resources: []any{arn},
		Actions: []string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}}}}, nil
}

// Finish adds the built-in dead-letter queue where the joins have left the queue pointing at it.
func (Kind) Finish(s *kind.Scope) error {
	own := s.Resource("")
	if own == nil || !builtIn(s, own.Properties["RedrivePolicy"]) {
		return nil
	}
	p := map[string]any{"SqsManagedSseEnabled": true, "MessageRetentionPeriod": fortnight}
	if name, ok := own.Properties["QueueName"].(string); ok {
		base, isFIFO := strings.CutSuffix(name, ".fifo")
		p["QueueName"] = base + "-dlq"
		if isFIFO {
			p["QueueName"] = base + "-dlq.fifo"
		}
	}
	if fifo(s) {
		p["FifoQueue"] = true
	}
	id := s.Add(deadLetters, kind.Resource{Type: "AWS::SQS::Queue", Properties: p, DeletionPolicy: retain(s), UpdateReplacePolicy: retain(s)})
	s.Output("DeadLettersUrl", "Address of the dead-letter queue of "+s.Node.Name, cfn.Ref(id))
	return nil
}

// Check finds what the fields alone get wrong.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	if name := s.String("queueName"); strings.HasSuffix(name, ".fifo") && !fifo(s) {
		return []fault.Finding{{Rule: "queue-name", Severity: fault.Blocking, Node: string(s.Node.ID), Field: "queueName", Source: docFIFO,
			Message: "only FIFO queues may have a name that ends in “.fifo”", Hint: "make the queue a FIFO queue or drop the ending"}}
	}
	return nil
}

func redrive(target any, tries float64) map[string]any {
	return map[string]any{"deadLetterTargetArn": target, "maxReceiveCount": whole(tries)}
}

// builtIn tells whether a redrive policy points at the node's own dead-letter queue.
func builtIn(s *kind.Scope, policy any) bool {
	m, _ := policy.(map[string]any)
	fn, ok := m["deadLetterTargetArn"].(cfn.Fn)
	if !ok {
		return false
	}
	l, _ := fn.Arg.([]any)
	return fn.Name == "Fn::GetAtt" && len(l) == 2 && l[0] == s.Logical(deadLetters)
}

// readerTimeout is the timeout of what the wire feeds, Lambda's default where it names none.
func readerTimeout(w *kind.Wire) float64 {
	if t := w.To.Number("timeout"); t > 0 {
		return t
	}
	return 3
}

func fifo(s *kind.Scope) bool { return s.String("type") == "fifo" }

func retain(s *kind.Scope) string {
	if s.Flag("keep") {
		return "Retain"
	}
	return "Delete"
}

// whole is a number as templates hold it: an int where it is one.
func whole(f float64) any {
	if f == float64(int(f)) {
		return int(f)
	}
	return f
}
