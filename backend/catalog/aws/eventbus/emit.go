package eventbus

import (
	"encoding/json"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/pattern"
)

// rule is the suffix of the rule that a wire to a target is.
const rule = "Rule"

// Emit adds the bus.
func (Kind) Emit(s *kind.Scope) error {
	var name any = cfn.Join("", cfn.StackName, "-"+s.Logical(""))
	if own := s.String("busName"); own != "" {
		name = own
	}
	s.Add("", kind.Resource{Type: busType, Properties: map[string]any{"Name": name}})
	return nil
}

// Grant lets a caller publish events. A schedule gets no variable: the service publishes, not the code.
func (Kind) Grant(w *kind.Wire) (kind.Grant, error) {
	arn := cfn.GetAtt(w.To.Logical(""), "Arn")
	g := kind.Grant{ARN: arn, Statements: []kind.Statement{{Actions: []string{"events:PutEvents"}, Resources: []any{arn}}}}
	if w.Edge.Protocol != string(kind.Schedule) {
		g.Variables = map[string]any{"EVENT_BUS_NAME": cfn.Ref(w.To.Logical(""))}
	}
	return g, nil
}

// Sender is the rule that the wire is. A rule at the other end is one itself and needs no permission.
func (Kind) Sender(w *kind.Wire) (kind.Sender, error) {
	return kind.Sender{Principal: "events.amazonaws.com", SourceARN: cfn.GetAtt(w.Logical(rule), "Arn")}, nil
}

// Notify adds a rule for the wire's pattern. A rule at the other end has joined the bus when it admitted it.
func (Kind) Notify(w *kind.Wire, to kind.Endpoint) error {
	if to.Protocol == "events" {
		return nil
	}
	target := map[string]any{"Id": string(w.Edge.ID), "Arn": to.ARN}
	if w.To.String("type") == "fifo" {
		target["SqsParameters"] = map[string]any{"MessageGroupId": string(w.Edge.ID)}
	}
	want := w.Value("pattern")
	if want == nil {
		want = map[string]any{"source": []any{map[string]any{"prefix": ""}}}
	}
	if err := check(want); err != nil {
		w.Find(fault.Blocking, "event-pattern", "pattern", `write it as {"detail-type": ["Order placed"]}`, "the event pattern is wrong: %s", err)
	}
	w.Add(rule, kind.Resource{Type: "AWS::Events::Rule", Properties: map[string]any{"EventBusName": cfn.Ref(w.From.Logical("")), "EventPattern": want,
		"State": "ENABLED", "Targets": []any{target}}})
	return nil
}

func check(want any) error {
	text, err := json.Marshal(want)
	if err == nil {
		_, err = pattern.Parse(text)
	}
	return err
}
