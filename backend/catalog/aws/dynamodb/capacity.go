package dynamodb

import (
	"math"

	"airloom/backend/catalog/aws/dynamodb/value"
)

// units is consumed capacity.
type units struct {
	CapacityUnits float64
}

// capacity is the consumed capacity of a table as the API answers it.
type capacity struct {
	TableName              string
	CapacityUnits          float64
	Table                  *units           `json:",omitempty"`
	GlobalSecondaryIndexes map[string]units `json:",omitempty"`
	LocalSecondaryIndexes  map[string]units `json:",omitempty"`
}

// meter adds up what a request consumes of one table. A nil meter counts nothing: nobody asked.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
type meter struct {
	capacity
	indexes bool
	own     float64
}

func capacityChoice(choice string) error {
	return enum("returnConsumedCapacity", choice, "INDEXES", "TOTAL", "NONE")
}

// usage is a meter where the choice asks for one.
func usage(choice, table string) *meter {
	if choice == "" || choice == "NONE" {
		return nil
	}
	return &meter{capacity: capacity{TableName: table}, indexes: choice == "INDEXES"}
}

func (m *meter) count(x *index, n float64) {
	switch {
	case x == nil:
		m.own += n
	case x.local:
		if m.LocalSecondaryIndexes == nil {
			m.LocalSecondaryIndexes = map[string]units{}
		}
		m.LocalSecondaryIndexes[x.name] = units{m.LocalSecondaryIndexes[x.name].CapacityUnits + n}
	default:
		if m.GlobalSecondaryIndexes == nil {
			m.GlobalSecondaryIndexes = map[string]units{}
		}
		m.GlobalSecondaryIndexes[x.name] = units{m.GlobalSecondaryIndexes[x.name].CapacityUnits + n}
	}
	m.CapacityUnits += n
}

// read counts bytes read: a unit for every 4 KB, half of one where staleness is accepted, two in a transaction.
func (m *meter) read(x *index, size int, factor float64) *meter {
	if m != nil {
		m.count(x, math.Max(1, math.Ceil(float64(size)/4096))*factor)
	}
	return m
}

// write counts a change: a unit for every KB of the larger image, in the table and in each index that holds something else
// than before; an index entry whose key changes is removed and written anew.
func (m *meter) write(t table, o outcome, factor float64) *meter {
	if m == nil {
		return m
	}
	m.count(nil, kilobytes(o.old, o.new)*factor)
	for i := range t.indexes {
		x := &t.indexes[i]
		before, was := t.position(x.keys, o.old)
		after, is := t.position(x.keys, o.new)
		old, now := t.projected(*x, o.old), t.projected(*x, o.new)
		switch {
		case was && is && string(before) != string(after):
			m.count(x, (kilobytes(old)+kilobytes(now))*factor)
		case was && is && !value.Equal(value.Value{Kind: value.Map, Map: old}, value.Value{Kind: value.Map, Map: now}):
			m.count(x, kilobytes(old, now)*factor)
		case was && !is:
			m.count(x, kilobytes(old)*factor)
		case is && !was:
			m.count(x, kilobytes(now)*factor)
		}
	}
	return m
}

func kilobytes(images ...value.Item) float64 {
	largest := 0
	for _, i := range images {
		largest = max(largest, i.Size())
	}
	return math.Max(1, math.Ceil(float64(largest)/1024))
}

// answer is what the meter shows, nil where nobody asked.
func (m *meter) answer() *capacity {
	if m == nil {
		return nil
	}
	out := m.capacity
	if m.indexes {
		out.Table = &units{m.own}
	} else {
		out.GlobalSecondaryIndexes, out.LocalSecondaryIndexes = nil, nil
	}
	return &out
}
