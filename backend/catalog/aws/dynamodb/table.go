package dynamodb

import (
	"crypto/sha256"
	"slices"
	"strings"

	"airloom/backend/catalog/aws/dynamodb/value"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// table is a deployed table as its properties describe it.
type table struct {
	arn, name, node string
	types           map[string]value.Kind // of key attributes
	keys            keys
	indexes         []index
	view            string // what a stream record holds, "" without a stream
	stream          string // the stream's ARN
	ttl             string // the expiry attribute, "" for none
	in              kind.Instance
}

// keys are a key schema; sort is "" where there is none.
type keys struct{ partition, sort string }

// index is a secondary index.
type index struct {
	name       string
	local      bool
	keys       keys
	projection string
	include    []string
}

func tableOf(in kind.Instance) table {
	p := in.Properties
	t := table{arn: in.ARN, name: in.PhysicalID, node: in.Node, types: map[string]value.Kind{}, keys: keysOf(p), in: in}
	for _, d := range property.Objects(p["AttributeDefinitions"]) {
		t.types[property.Text(d, "AttributeName")] = value.Kind(property.Text(d, "AttributeType"))
	}
	for _, indexes := range []string{"GlobalSecondaryIndexes", "LocalSecondaryIndexes"} {
		for _, row := range property.Objects(p[indexes]) {
			t.indexes = append(t.indexes, index{name: property.Text(row, "IndexName"), local: indexes == "LocalSecondaryIndexes", keys: keysOf(row),
				projection: property.Text(row, "Projection", "ProjectionType"), include: property.Texts(property.At(row, "Projection", "NonKeyAttributes"))})
		}
	}
	if s, _ := p["StreamSpecification"].(map[string]any); s != nil {
		t.view = property.Text(s, "StreamViewType")
		t.stream = property.Text(in.Attributes, "StreamArn")
	}
	if s := p["TimeToLiveSpecification"]; property.Flag(s, "Enabled") {
		t.ttl = property.Text(s, "AttributeName")
	}
	return t
}

func keysOf(holder map[string]any) keys {
	var k keys
	for _, row := range property.Objects(holder["KeySchema"]) {
		if property.Text(row, "KeyType") == "HASH" {
			k.partition = property.Text(row, "AttributeName")
		} else {
			k.sort = property.Text(row, "AttributeName")
		}
	}
	return k
}

func (t table) index(name string) (index, bool) {
	i := slices.IndexFunc(t.indexes, func(x index) bool { return x.name == name })
	if i < 0 {
		return index{}, false
	}
	return t.indexes[i], true
}

// names are the key's attributes, the partition key first.
func (k keys) names() []string {
	if k.sort == "" {
		return []string{k.partition}
	}
	return []string{k.partition, k.sort}
}

// of gives the key attributes of an item.
func (k keys) of(item value.Item) value.Item {
	out := value.Item{}
	for _, name := range k.names() {
		if v, ok := item[name]; ok {
			out[name] = v
		}
	}
	return out
}

// hashBytes is how much of the partition key's hash stands before it, so that a scan meets partitions in no order, as
// DynamoDB's does, and segments divide them.
const hashBytes = 4

// partition is the beginning that the positions of one partition share.
func partition(v value.Value) []byte {
	raw := v.AppendKey(nil)
	sum := sha256.Sum256(raw)
	return append(sum[:hashBytes:hashBytes], raw...)
}

// position is where an item stands among those with the same key schema: partition by partition, in each by sort key. ok is
// false where the item lacks a key attribute or has one of another type: then it stands nowhere (an index passes it over).
func (t table) position(k keys, item value.Item) (at []byte, ok bool) {
	v, ok := item[k.partition]
	if !ok || v.Kind != t.types[k.partition] {
		return nil, false
	}
	at = partition(v)
	if k.sort != "" {
		v, ok := item[k.sort]
		if !ok || v.Kind != t.types[k.sort] {
			return nil, false
		}
		at = v.AppendKey(at)
	}
	return at, true
}

// projected is what the index holds of an item.
func (t table) projected(x index, item value.Item) value.Item {
	if x.projection == "ALL" {
		return item
	}
	out := value.Item{}
	for _, name := range slices.Concat(t.keys.names(), x.keys.names(), x.include) {
		if v, ok := item[name]; ok {
			out[name] = v
		}
	}
	return out
}

// state keys, each followed by the table's ARN: i an item by its position, x an index entry (index name, its position there,
// the item's) and e one of expiry (second, the item's position), both holding the item's position; r a stream record and
// n the number of the last one; m what is known since creation. k and K are the tokens of transactions, of no table.
// No ARN and no index name ends in a slash or contains one after the table's name.
func stateKey(what byte, arn string, rest ...[]byte) []byte {
	out := []byte(string(what) + "/" + arn + "/")
	for _, r := range rest {
		out = append(out, r...)
	}
	return out
}

// tableAt finds a table by its name, or by its ARN, which requests may give instead.
func tableAt(w kind.World, name string) (kind.Instance, bool) {
	if strings.HasPrefix(name, "arn:") {
		in, ok := w.Find(name)
		return in, ok && in.Type == tableType
	}
	return w.Lookup(tableType, name)
}
