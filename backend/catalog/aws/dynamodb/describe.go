package dynamodb

import (
	"errors"
	"slices"
	"strings"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// birth is what is kept about a table since its creation.
type birth struct {
	ID      string
	Created time.Time
}

func birthOf(tx kind.Tx, t table) (birth, error) {
	var b birth
	_, err := kind.Load(tx, stateKey('m', t.arn), &b)
	return b, err
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
func (c call) describeTable() (any, error) {
	var r struct{ TableName string }
	if err := c.read(&r); err != nil {
		return nil, err
	}
	t, err := c.target(r.TableName, "", "DescribeTable")
	if err != nil {
		return nil, notFound(r.TableName, err)
	}
	p := t.in.Properties
	d := map[string]any{"TableName": t.name, "TableArn": t.arn, "TableStatus": "ACTIVE", "AttributeDefinitions": p["AttributeDefinitions"], "KeySchema": p["KeySchema"],
		"DeletionProtectionEnabled": property.Flag(p, "DeletionProtectionEnabled"), "ProvisionedThroughput": throughput(p)}
	if p["BillingMode"] == "PAY_PER_REQUEST" {
		d["BillingModeSummary"] = map[string]any{"BillingMode": "PAY_PER_REQUEST"}
	}
	if class, ok := p["TableClass"].(string); ok {
		d["TableClassSummary"] = map[string]any{"TableClass": class}
	}
	if t.view != "" {
		d["StreamSpecification"] = map[string]any{"StreamEnabled": true, "StreamViewType": t.view}
		d["LatestStreamArn"], d["LatestStreamLabel"] = t.stream, t.stream[strings.LastIndex(t.stream, "/")+1:]
	}
	if err := c.w.State(space).View(func(tx kind.Tx) error {
		b, err := birthOf(tx, t)
		if err != nil {
			return err
		}
		d["TableId"], d["CreationDateTime"] = b.ID, float64(b.Created.UnixMilli())/1000
		size, counts := 0, map[string][2]int{}
		tx.Scan(stateKey('i', t.arn), nil, func(_, v []byte) bool {
			item, failed := decode(v)
			err = failed
			size += item.Size()
			count := counts[""]
			counts[""] = [2]int{count[0] + 1, size}
			for _, x := range t.indexes {
				if _, ok := t.position(x.keys, item); ok {
					counts[x.name] = [2]int{counts[x.name][0] + 1, counts[x.name][1] + t.projected(x, item).Size()}
				}
			}
			return err == nil
		})
		d["ItemCount"], d["TableSizeBytes"] = counts[""][0], counts[""][1]
		for _, indexes := range []string{"GlobalSecondaryIndexes", "LocalSecondaryIndexes"} {
			var list []any
			for _, row := range property.Objects(p[indexes]) {
				name := property.Text(row, "IndexName")
				x := map[string]any{"IndexName": name, "KeySchema": row["KeySchema"], "Projection": row["Projection"], "IndexArn": t.arn + "/index/" + name,
					"ItemCount": counts[name][0], "IndexSizeBytes": counts[name][1]}
				if indexes == "GlobalSecondaryIndexes" {
					x["IndexStatus"], x["ProvisionedThroughput"] = "ACTIVE", throughput(row)
				}
				list = append(list, x)
			}
			if list != nil {
				d[indexes] = list
			}
		}
		return err
	}); err != nil {
		return nil, err
	}
	return map[string]any{"Table": d}, nil
}

func throughput(p map[string]any) map[string]any {
	given, _ := p["ProvisionedThroughput"].(map[string]any)
	out := map[string]any{"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
	for name := range out {
		if n, ok := property.Integer(given[name]); ok {
			out[name] = n
		}
	}
	return out
}

// notFound names the table, as the operations on tables do.
func notFound(name string, err error) error {
	var e apiError
	if errors.As(err, &e) && e.code == "ResourceNotFoundException" {
		e.message += ": Table: " + name + " not found"
		return e
	}
	return err
}

func (c call) describeTimeToLive() (any, error) {
	var r struct{ TableName string }
	if err := c.read(&r); err != nil {
		return nil, err
	}
	t, err := c.target(r.TableName, "", "DescribeTimeToLive")
	if err != nil {
		return nil, notFound(r.TableName, err)
	}
	d := map[string]any{"TimeToLiveStatus": "DISABLED"}
	if t.ttl != "" {
		d = map[string]any{"TimeToLiveStatus": "ENABLED", "AttributeName": t.ttl}
	}
	return map[string]any{"TimeToLiveDescription": d}, nil
}

func (c call) listTables() (any, error) {
	var r struct {
		ExclusiveStartTableName string
		Limit                   *int
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	if err := c.w.Allow(kind.Access{Principal: c.who, Action: "dynamodb:ListTables", Resource: c.w.ARN("dynamodb", "table/*")}); err != nil {
		return nil, err
	}
	limit := 100
	if r.Limit != nil {
		if limit = *r.Limit; limit < 1 || limit > 100 {
			return nil, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value between 1 and 100", limit)
		}
	}
	names := []string{}
	for _, in := range c.w.Instances(tableType) {
		if in.PhysicalID > r.ExclusiveStartTableName {
			names = append(names, in.PhysicalID)
		}
	}
	slices.Sort(names)
	if len(names) <= limit {
		return map[string]any{"TableNames": names}, nil
	}
	return map[string]any{"TableNames": names[:limit], "LastEvaluatedTableName": names[limit-1]}, nil
}
