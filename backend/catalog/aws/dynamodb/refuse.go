package dynamodb

import (
	"cmp"
	"slices"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// checkTable refuses what AWS refuses too, and what is not simulated, as far as it is known before anything exists.
func checkTable(p map[string]any) error {
	for _, name := range []string{"KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"} {
		if !cfn.Known(p[name]) {
			return nil
		}
	}
	t := tableOf(kind.Instance{Properties: p})
	if err := checkKeys(p, "KeySchema", "the table"); err != nil {
		return err
	}
	limits := map[string]int{"GlobalSecondaryIndexes": maxGlobal, "LocalSecondaryIndexes": maxLocal}
	for _, where := range []string{"GlobalSecondaryIndexes", "LocalSecondaryIndexes"} {
		list := property.Objects(p[where])
		if len(list) > limits[where] {
			return fault.New(fault.Limit, "%d indexes are more than the %d that a table may have", len(list), limits[where]).At(where)
		}
		for _, row := range list {
			if err := checkKeys(row, where, "the index "+property.Text(row, "IndexName")); err != nil {
				return err
			}
		}
	}
	names := map[string]bool{}
	used := map[string]bool{}
	for _, x := range append([]index{{keys: t.keys}}, t.indexes...) {
		switch {
		case names[x.name]:
			return fault.New(fault.Invalid, "two indexes have the name %s", x.name).At("GlobalSecondaryIndexes")
		case x.local && (x.keys.partition != t.keys.partition || x.keys.sort == "" || t.keys.sort == ""):
			return fault.New(fault.Invalid, "the local index %s needs the table's partition key, a sort key, and a table with one", x.name).At("LocalSecondaryIndexes")
		case x.name != "" && !slices.Contains([]string{"ALL", "KEYS_ONLY", "INCLUDE"}, x.projection):
			return fault.New(fault.Invalid, "the index %s has the unknown projection %q", x.name, x.projection).At("GlobalSecondaryIndexes")
		}
		names[x.name] = true
		for _, name := range x.keys.names() {
			if !slices.Contains([]string{"S", "N", "B"}, string(t.types[name])) {
				return fault.New(fault.Invalid, "the key attribute %s needs a definition with the type S, N or B", name).At("AttributeDefinitions")
			}
			used[name] = true
		}
	}
	for _, d := range property.Objects(p["AttributeDefinitions"]) {
		if name := property.Text(d, "AttributeName"); !used[name] {
			return fault.New(fault.Invalid, "the attribute %s is defined and no key uses it", name).At("AttributeDefinitions")
		}
	}
	return cmp.Or(checkBilling(p), checkRest(p, t))
}

// checkKeys wants one partition key and at most one sort key. Keys of several attributes, which global indexes may have, are not
// simulated.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html
func checkKeys(holder map[string]any, where, whose string) error {
	count := map[string]int{}
	for _, row := range property.Objects(holder["KeySchema"]) {
		count[property.Text(row, "KeyType")]++
	}
	switch {
	case count["HASH"] == 0:
		return fault.New(fault.Invalid, "%s has no partition key", whose).At(where)
	case count["HASH"] > 1 || count["RANGE"] > 1:
		return fault.New(fault.Unsupported, "%s has a key of several attributes, which is not simulated", whose).At(where)
	case len(count) > 2 || len(count) == 2 && count["RANGE"] == 0:
		return fault.New(fault.Invalid, "%s has a key that is neither HASH nor RANGE", whose).At(where)
	}
	return nil
}

// checkBilling wants throughput exactly where it is provisioned, which is what a table is that does not say.
func checkBilling(p map[string]any) error {
	mode := p["BillingMode"]
	if !cfn.Known(mode) {
		return nil
	}
	for _, holder := range append([]map[string]any{p}, property.Objects(p["GlobalSecondaryIndexes"])...) {
		switch given := holder["ProvisionedThroughput"] != nil; {
		case mode == "PAY_PER_REQUEST" && given:
			return fault.New(fault.Invalid, "neither ReadCapacityUnits nor WriteCapacityUnits can be given when BillingMode is PAY_PER_REQUEST").At("ProvisionedThroughput")
		case (mode == nil || mode == "PROVISIONED") && !given:
			return fault.New(fault.Invalid, "a provisioned table and each of its global indexes need a ProvisionedThroughput").At("ProvisionedThroughput")
		case mode != nil && mode != "PROVISIONED" && mode != "PAY_PER_REQUEST":
			return fault.New(fault.Invalid, "%v is no billing mode", mode).At("BillingMode")
		}
	}
	return nil
}

func checkRest(p map[string]any, t table) error {
	if t.view != "" && !slices.Contains(views[1:], t.view) {
		return fault.New(fault.Invalid, "%s is no view of a stream", t.view).At("StreamSpecification.StreamViewType")
	}
	if s, _ := p["TimeToLiveSpecification"].(map[string]any); property.Flag(s, "Enabled") && s["AttributeName"] == nil {
		return fault.New(fault.Invalid, "expiry is enabled without an attribute").At("TimeToLiveSpecification.AttributeName")
	}
	return nil
}
