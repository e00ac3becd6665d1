package sqs

import (
	"encoding/json"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/pattern"
	"airloom/backend/kind/policy"
)

// Emit adds the queue.
func (Kind) Emit(s *kind.Scope) error {
	p := map[string]any{
		"SqsManagedSseEnabled":          true,
		"MessageRetentionPeriod":        kind.Whole(s.Number("retention")),
		"ReceiveMessageWaitTimeSeconds": kind.Whole(s.Number("wait")),
		"MaximumMessageSize":            kind.Whole(s.Number("maxBytes")),
	}
	if d := s.Number("delay"); d > 0 {
		p["DelaySeconds"] = kind.Whole(d)
	}
	if s.Value("visibility") != nil {
		p["VisibilityTimeout"] = kind.Whole(s.Number("visibility"))
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
	id := s.AddStateful("", kind.Resource{Type: "AWS::SQS::Queue", Properties: p})
	s.Output("Url", "Address of the queue "+s.Node.Name, cfn.Ref(id))
	return nil
}

// Grant lets a caller send. A dead-letter sender and a schedule get no variable: the service sends, not the code.
func (Kind) Grant(w *kind.Wire) (kind.Grant, error) {
	arn := cfn.GetAtt(w.To.Logical(""), "Arn")
	send := kind.Statement{Actions: []string{"sqs:SendMessage"}, Resources: []any{arn}}
	if w.Edge.Protocol == string(kind.Schedule) && fifo(w.To) && !w.To.Flag("contentDeduplication") {
		w.Find(fault.Blocking, "queue-fifo", "", "switch on “Deduplicate by content” of the queue", "a schedule sends no deduplication ids")
	}
	if w.Edge.Access == "deadletter" || w.Edge.Protocol == string(kind.Schedule) {
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

// Admit lets a service send to the queue, narrowed to its source.
func (Kind) Admit(w *kind.Wire, from kind.Sender) (kind.Endpoint, error) {
	if fifo(w.To) && from.Principal == "s3.amazonaws.com" {
		w.Find(fault.Blocking, "queue-fifo", "", "use a standard queue, or a function between the two", "S3 cannot notify a FIFO queue")
	}
	if fifo(w.To) && from.Principal == "sns.amazonaws.com" && w.From.String("type") == "standard" {
		w.Find(fault.Blocking, "queue-fifo", "", "give both the same type", "a standard topic cannot deliver to a FIFO queue")
	}
	if fifo(w.To) && from.Principal == "events.amazonaws.com" && !w.To.Flag("contentDeduplication") {
		w.Find(fault.Blocking, "queue-fifo", "", "switch on “Deduplicate by content” of the queue", "EventBridge sends no deduplication ids")
	}
	arn := cfn.GetAtt(w.To.Logical(""), "Arn")
	id := policies.Admit(w.To, cfn.Ref(w.To.Logical("")), policy.Statement(from, "ArnLike", "sqs:SendMessage", arn))
	return kind.Endpoint{ARN: arn, Protocol: "sqs", DependsOn: []string{id}}, nil
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
			own.Properties["VisibilityTimeout"] = kind.Whole(need)
		}
	} else if have := w.From.Number("visibility"); have < readerTimeout(w) {
		w.From.Find(fault.Blocking, "queue-visibility", "visibility", "leave it empty for the automatic value", "the visibility timeout of %g s is shorter than the timeout of %s (%g s): Lambda refuses such a mapping", have, w.To.Node.Name, readerTimeout(w))
	} else if have < need {
		w.From.Find(fault.Warning, "queue-visibility", "visibility", "leave it empty for the automatic value", "the visibility timeout of %g s is less than six times the timeout of %s: messages may be handled twice", have, w.To.Node.Name)
	}
	if w.From.String("deadLetter") == "automatic" && own.Properties["RedrivePolicy"] == nil {
		own.Properties["RedrivePolicy"] = redrive(cfn.GetAtt(w.From.Logical(deadLetters), "Arn"), w.From.Number("maxReceives"))
	}
	p := map[string]any{"BatchSize": kind.Whole(batch)}
	if window > 0 {
		p["MaximumBatchingWindowInSeconds"] = kind.Whole(window)
	}
	if n := w.Number("maxConcurrency"); n > 0 {
		p["ScalingConfig"] = map[string]any{"MaximumConcurrency": kind.Whole(n)}
	}
	if w.Flag("partialFailures") {
		p["FunctionResponseTypes"] = []any{"ReportBatchItemFailures"}
	}
	if filter := w.Value("filter"); filter != nil {
		var text strings.Builder
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false) // "<" and ">" are operators here
		err := enc.Encode(filter)
		if err == nil {
			_, err = pattern.ParseFilter([]byte(text.String()))
		}
		if err != nil {
			w.Find(fault.Blocking, "queue-filter", "filter", "write it as {\"body\": {\"type\": [\"order\"]}}", "the filter is wrong: %s", err)
		}
		p["FilterCriteria"] = map[string]any{"Filters": []any{map[string]any{"Pattern": strings.TrimSpace(text.String())}}}
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
	id := s.AddStateful(deadLetters, kind.Resource{Type: "AWS::SQS::Queue", Properties: p})
	s.Output("DeadLettersUrl", "Address of the dead-letter queue of "+s.Node.Name, cfn.Ref(id))
	return nil
}

// Check finds what the fields alone get wrong.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	if name := s.String("queueName"); strings.HasSuffix(name, ".fifo") && !fifo(s) {
		return []fault.Finding{{Rule: "queue-name", Severity: fault.Blocking, Node: string(s.Node.ID), Field: "queueName", Source: docFIFO,
			Message: "only FIFO queues may have a name that ends in “.fifo”", Hint: "make the queue a FIFO queue or drop the ending"}}
	}
	if s.Flag("highThroughput") && !fifo(s) {
		return []fault.Finding{{Rule: "queue-fifo", Severity: fault.Warning, Node: string(s.Node.ID), Field: "highThroughput", Source: docFIFO,
			Message: "only FIFO queues know high throughput: a standard queue has no limit", Hint: "make the queue a FIFO queue or switch it off"}}
	}
	return nil
}

func redrive(target any, tries float64) map[string]any {
	return map[string]any{"deadLetterTargetArn": target, "maxReceiveCount": kind.Whole(tries)}
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
