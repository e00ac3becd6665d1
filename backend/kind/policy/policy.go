// Package policy is the resource types that do nothing but attach a policy to others: AWS::SQS::QueuePolicy,
// AWS::SNS::TopicPolicy. A queue or topic has one policy, and the last one written counts. So a drawing has one for all who
// send to a node; and offline its writer is remembered, so that removing an overwritten policy does not remove its successor.
package policy

import (
	"cmp"
	"context"
	"encoding/json"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// Attachment is a resource type that attaches policies.
type Attachment struct {
	Type  string // "AWS::SQS::QueuePolicy"
	To    string // the type that gets the policy: "AWS::SQS::Queue"
	Noun  string // what people call that: "queue"
	List  string // the property that lists what gets the policy: "Queues"
	Space string // the namespace of the state, in which keys of policies begin with p/ and P/
	// ARN is that of an entry of the list; nil where the list has ARNs.
	ARN func(w kind.World, entry string) string
}

// Suffix is that of a node's policy.
const Suffix = "Policy"

// Statement lets a sender do one thing to an ARN, narrowed to its source by an operator: "ArnLike".
func Statement(from kind.Sender, operator, action string, arn any) map[string]any {
	condition := map[string]any{operator: map[string]any{"aws:SourceArn": from.SourceARN}}
	if from.SourceAccount != nil {
		condition["StringEquals"] = map[string]any{"aws:SourceAccount": from.SourceAccount}
	}
	return map[string]any{"Effect": "Allow", "Principal": map[string]any{"Service": from.Principal}, "Action": action, "Resource": arn, "Condition": condition}
}

// Admit adds a statement to the policy of a node, whose entry in the list is given; the first one makes the policy. It gives
// the policy's logical id.
func (a Attachment) Admit(to *kind.Scope, entry any, statement map[string]any) string {
	if r := to.Resource(Suffix); r != nil {
		document, _ := r.Properties["PolicyDocument"].(map[string]any)
		list, _ := document["Statement"].([]any)
		document["Statement"] = append(list, statement)
		return to.Logical(Suffix)
	}
	return to.Add(Suffix, kind.Resource{Type: a.Type, Properties: map[string]any{a.List: []any{entry},
		"PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{statement}}}})
}

// ResourceType is the type's life in the embedded sandbox.
func (a Attachment) ResourceType() kind.ResourceType {
	return kind.ResourceType{Type: a.Type, Properties: []string{"PolicyDocument", a.List},
		Create: func(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
			in.Attributes = map[string]any{"Id": in.PhysicalID}
			return in, a.attach(w, in)
		},
		Update: func(_ context.Context, w kind.World, old, in kind.Instance) (kind.Instance, error) {
			in.PhysicalID, in.Attributes = old.PhysicalID, old.Attributes
			return in, cmp.Or(a.detach(w, old), a.attach(w, in))
		},
		Delete: func(_ context.Context, w kind.World, in kind.Instance) error { return a.detach(w, in) },
	}
}

// Text is the policy of an ARN, "" where it has none.
func Text(tx kind.Tx, arn string) string { return string(tx.Get(text(arn))) }

func writer(arn string) []byte { return []byte("p/" + arn + "/") }
func text(arn string) []byte   { return []byte("P/" + arn + "/") }

func (a Attachment) arn(w kind.World, entry string) string {
	if a.ARN == nil {
		return entry
	}
	return a.ARN(w, entry)
}

func (a Attachment) attach(w kind.World, in kind.Instance) error {
	document, ok := in.Properties["PolicyDocument"].(map[string]any)
	if !ok {
		return fault.New(fault.Invalid, "the policy document of a %s policy must be an object", a.Noun).At(in.LogicalID)
	}
	printed, err := json.Marshal(document)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "print a %s policy", a.Noun)
	}
	for _, entry := range property.Texts(in.Properties[a.List]) {
		arn := a.arn(w, entry)
		if to, ok := w.Find(arn); !ok || to.Type != a.To {
			return fault.New(fault.NotFound, "the %s %s does not exist", a.Noun, entry).At(in.LogicalID)
		}
		if err := w.State(a.Space).Update(func(tx kind.Tx) error {
			return cmp.Or(tx.Put(writer(arn), []byte(in.PhysicalID)), tx.Put(text(arn), printed))
		}); err != nil {
			return err
		}
		w.SetPolicy(arn, "policy", document)
	}
	return nil
}

func (a Attachment) detach(w kind.World, in kind.Instance) error {
	for _, entry := range property.Texts(in.Properties[a.List]) {
		arn, mine := a.arn(w, entry), false
		if err := w.State(a.Space).Update(func(tx kind.Tx) error {
			if mine = string(tx.Get(writer(arn))) == in.PhysicalID; !mine {
				return nil
			}
			return cmp.Or(tx.Delete(writer(arn)), tx.Delete(text(arn)))
		}); err != nil {
			return err
		}
		if mine {
			w.SetPolicy(arn, "policy", nil)
		}
	}
	return nil
}
