package dynamodb

import (
	"context"
	"reflect"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

const (
	tableType = "AWS::DynamoDB::Table"
	space     = "dynamodb" // the namespace of all tables' state
)

// Simulate brings tables and the DynamoDB API. One engine serves one embedded sandbox.
func (Kind) Simulate() kind.Simulation {
	e := &engine{}
	return kind.Simulation{
		Types: []kind.ResourceType{{
			Type: tableType,
			Properties: []string{"TableName", "AttributeDefinitions", "KeySchema", "BillingMode", "ProvisionedThroughput", "GlobalSecondaryIndexes", "LocalSecondaryIndexes",
				"StreamSpecification.StreamViewType", "TimeToLiveSpecification", "DeletionProtectionEnabled", "TableClass", "ResourcePolicy.PolicyDocument"},
			Ignored: []string{"PointInTimeRecoverySpecification", "SSESpecification", "ContributorInsightsSpecification", "OnDemandThroughput", "WarmThroughput", "Tags"},
			Replace: []string{"TableName", "KeySchema", "LocalSecondaryIndexes"}, Replaces: retyped,
			Stateful: true,
			Check:    checkTable, Create: e.create, Update: e.change, Delete: e.delete, Run: e.run, Receive: e.receive,
		}},
		Services: []kind.Service{{Name: "dynamodb", Serve: e.serve}},
	}
}

// retyped tells whether an attribute changes its type: CloudFormation makes a new table then, while attributes may come and go.
func retyped(old, new map[string]any) string {
	was := map[string]any{}
	for _, d := range property.Objects(old["AttributeDefinitions"]) {
		was[property.Text(d, "AttributeName")] = d["AttributeType"]
	}
	for _, d := range property.Objects(new["AttributeDefinitions"]) {
		if t := was[property.Text(d, "AttributeName")]; t != nil && t != d["AttributeType"] {
			return "AttributeDefinitions"
		}
	}
	return ""
}

func (e *engine) create(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	in = named(w, in)
	if _, taken := w.Find(in.ARN); taken {
		return in, fault.New(fault.Conflict, "a table named %s exists already", in.PhysicalID).At(in.LogicalID)
	}
	in.Attributes = map[string]any{"Arn": in.ARN}
	startStream(w, &in)
	policy(w, in)
	return in, w.State(space).Update(func(tx kind.Tx) error {
		return kind.Save(tx, stateKey('m', in.ARN), birth{w.NewID(), w.Now()})
	})
}

// named gives the table its name and ARN.
func named(w kind.World, in kind.Instance) kind.Instance {
	if name := property.Text(in.Properties, "TableName"); name != "" {
		in.PhysicalID = name
	}
	in.ARN = w.ARN("dynamodb", "table/"+in.PhysicalID)
	return in
}

// startStream gives a table with a stream the ARN of a new one.
func startStream(w kind.World, in *kind.Instance) {
	if s, _ := in.Properties["StreamSpecification"].(map[string]any); s != nil {
		in.Attributes["StreamArn"] = in.ARN + "/stream/" + w.Now().UTC().Format("2006-01-02T15:04:05.000")
	}
}

func policy(w kind.World, in kind.Instance) {
	holder, _ := in.Properties["ResourcePolicy"].(map[string]any)
	document, _ := holder["PolicyDocument"].(map[string]any)
	w.SetPolicy(in.ARN, "policy", document)
}

// change updates a table in place, within the limits that CloudFormation has: one global index comes or goes at a time, none
// changes, and expiry moves to another attribute only by way of none.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
func (e *engine) change(_ context.Context, w kind.World, old, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID, in.ARN = old.PhysicalID, old.ARN
	in.Attributes = map[string]any{"Arn": in.ARN}
	before, now := tableOf(old), tableOf(in)
	moved := 0
	for _, x := range now.indexes {
		was, ok := before.index(x.name)
		if !ok {
			moved++
		} else if !reflect.DeepEqual(was, x) {
			return old, fault.New(fault.Invalid, "the index %s cannot be changed", x.name).At(in.LogicalID).Try("give the changed index a new name, and remove the old one in a deployment of its own")
		}
	}
	for _, x := range before.indexes {
		if _, ok := now.index(x.name); !ok {
			moved++
		}
	}
	if moved > 1 {
		return old, fault.New(fault.Invalid, "%d global indexes would be added or removed, and CloudFormation does one at a time", moved).At(in.LogicalID).Try("deploy after each")
	}
	if before.ttl != "" && now.ttl != "" && before.ttl != now.ttl {
		return old, fault.New(fault.Invalid, "expiry cannot move from %s to %s at once", before.ttl, now.ttl).At(in.LogicalID).Try("deploy without an expiry attribute first")
	}
	fresh := now.view != before.view
	if now.view != "" && !fresh {
		in.Attributes["StreamArn"] = old.Attributes["StreamArn"]
	}
	if fresh {
		startStream(w, &in)
	}
	defer e.bells.Ring(in.ARN)
	if err := w.State(space).Update(func(tx kind.Tx) error {
		if fresh {
			if err := tx.DeletePrefix(stateKey('r', in.ARN)); err != nil {
				return err
			}
		}
		if moved == 0 && before.ttl == now.ttl {
			return nil
		}
		return reindex(tx, before, now)
	}); err != nil {
		return old, err
	}
	policy(w, in)
	return in, nil
}

func (e *engine) delete(_ context.Context, w kind.World, in kind.Instance) error {
	if property.Flag(in.Properties, "DeletionProtectionEnabled") && in.ARN != "" {
		return fault.New(fault.Denied, "the table %s is protected from deletion", in.PhysicalID).At(in.LogicalID).Try("take the protection back and deploy first")
	}
	if in.ARN == "" {
		in = named(w, in)
	}
	defer e.bells.Ring(in.ARN)
	w.SetPolicy(in.ARN, "policy", nil)
	return w.State(space).Update(func(tx kind.Tx) error {
		for _, k := range "ixernm" {
			if err := tx.DeletePrefix(stateKey(byte(k), in.ARN)); err != nil {
				return err
			}
		}
		return nil
	})
}

// tick is how often expired items and old change records are looked for. AWS promises days for the former.
const tick = time.Minute

// run removes expired items and change records that are no longer kept.
func (e *engine) run(ctx context.Context, w kind.World, in kind.Instance) {
	t := tableOf(in)
	if t.ttl == "" && t.view == "" {
		return
	}
	for {
		if err := e.sweep(w, t); err != nil {
			w.Log(t.node, "error", "remove what has expired: %s", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-w.After(tick):
		}
	}
}
