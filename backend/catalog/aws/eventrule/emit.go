package eventrule

import (
	"encoding/json"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/pattern"
	"airloom/backend/kind/retry"
)

// mostTargets is how many targets a rule has at most.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
const mostTargets = 5

// Emit adds the rule. Without a wire from a bus it is one of the account's default bus.
func (Kind) Emit(s *kind.Scope) error {
	want := s.Value("pattern")
	if want == nil {
		want = map[string]any{"source": []any{map[string]any{"prefix": ""}}}
	}
	state := "ENABLED"
	if !s.Flag("enabled") {
		state = "DISABLED"
	}
	s.Add("", kind.Resource{Type: ruleType, Properties: map[string]any{"EventPattern": want, "State": state}})
	return nil
}

// Admit joins the bus. No permission is needed: a rule is a part of its bus.
func (Kind) Admit(w *kind.Wire, _ kind.Sender) (kind.Endpoint, error) {
	w.To.Resource("").Properties["EventBusName"] = cfn.Ref(w.From.Logical(""))
	return kind.Endpoint{ARN: cfn.GetAtt(w.To.Logical(""), "Arn"), Protocol: "events"}, nil
}

// Sender is the rule itself.
func (Kind) Sender(w *kind.Wire) (kind.Sender, error) {
	return kind.Sender{Principal: "events.amazonaws.com", SourceARN: cfn.GetAtt(w.From.Logical(""), "Arn")}, nil
}

// Notify adds a target.
func (Kind) Notify(w *kind.Wire, to kind.Endpoint) error {
	p := w.From.Resource("").Properties
	target := map[string]any{"Id": string(w.Edge.ID), "Arn": to.ARN}
	input(w, target)
	retry.Emit(w, target)
	if w.To.String("type") == "fifo" {
		group := w.String("group")
		if group == "" {
			group = string(w.Edge.ID)
		}
		target["SqsParameters"] = map[string]any{"MessageGroupId": group}
	}
	list, _ := p["Targets"].([]any)
	p["Targets"] = append(list, target)
	return nil
}

// deadLetters is what a target calls its dead-letter queue.
const deadLetters = "DeadLetterConfig"

// Use notes the dead-letter queue for Finish, since the targets may come later. EventBridge has no role to send with: the
// queue must admit it, as it does any sender.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
func (k Kind) Use(w *kind.Wire, to kind.Grant) error {
	queue, ok := w.ToKind.(kind.PushTarget)
	if !ok || w.To.String("type") == "fifo" {
		w.Find(fault.Blocking, "rule-deadletter", "", "use a standard queue", "the dead letters of a rule go to a standard queue")
		return nil
	}
	from, err := k.Sender(w)
	if err != nil {
		return err
	}
	if _, err := queue.Admit(w, from); err != nil {
		return err
	}
	w.From.Resource("").Properties[deadLetters] = map[string]any{"Arn": to.ARN}
	return nil
}

// input says what the target gets of the event.
func input(w *kind.Wire, target map[string]any) {
	ways := 0
	if path := w.String("inputPath"); path != "" {
		target["InputPath"] = path
		ways++
	}
	if constant := w.Value("input"); constant != nil {
		text, err := printed(constant)
		if err != nil {
			w.Find(fault.Blocking, "rule-input", "input", "write JSON", "the constant is no JSON: %s", err)
		}
		target["Input"] = string(text)
		ways++
	}
	if template := w.String("inputTemplate"); template != "" {
		paths, _ := w.Value("inputPaths").(map[string]any)
		transformer := map[string]any{"InputTemplate": template}
		if len(paths) > 0 {
			transformer["InputPathsMap"] = paths
		}
		target["InputTransformer"] = transformer
		ways++
	}
	if ways > 1 {
		w.Find(fault.Blocking, "rule-input", "input", "keep one of them", "a target gets a part of the event, or what a template makes of it, or a constant")
		return
	}
	if _, err := shapeOf(target); err != nil {
		w.Find(fault.Blocking, "rule-input", fault.As(err).Where, "see the examples in the help", "what the target gets is wrong: %s", fault.As(err).Message)
	}
}

// Finish gives the dead-letter queue to each target.
func (Kind) Finish(s *kind.Scope) error {
	p := s.Resource("").Properties
	targets, _ := p["Targets"].([]any)
	if dead := p[deadLetters]; dead != nil {
		for _, t := range targets {
			t.(map[string]any)[deadLetters] = dead
		}
		delete(p, deadLetters)
	}
	if len(targets) == 0 {
		s.Find(fault.Warning, "rule-target", "", "wire it to a function, a queue or a topic", "the rule has no target: the events that it matches go nowhere")
	}
	if p["EventBusName"] == nil && s.Value("pattern") == nil {
		s.Find(fault.Warning, "event-pattern", "pattern", "write a pattern, or wire the rule to a bus of your own", "the rule matches every event of the account's default bus")
	}
	return nil
}

// Check finds a pattern that is none.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	want := s.Value("pattern")
	if want == nil {
		return nil
	}
	text, err := json.Marshal(want)
	if err == nil {
		_, err = pattern.Parse(text)
	}
	if err == nil {
		return nil
	}
	return []fault.Finding{{Rule: "event-pattern", Severity: fault.Blocking, Node: string(s.Node.ID), Field: "pattern", Source: docPattern,
		Message: "the event pattern is wrong: " + err.Error(), Hint: `write it as {"detail-type": ["Order placed"]}`}}
}
