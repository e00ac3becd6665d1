package dynamodb

import (
	"bytes"
	"cmp"
	"encoding/binary"
)

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
func (c call) scan() (any, error) {
	var r struct {
		listing
		Segment, TotalSegments *int
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	x, problem := r.parse(nil, false)
	t, err := c.target(r.TableName, r.IndexName, "Scan", naming(x.paths()), choosing("dynamodb:Select", r.selected(x)))
	if err != nil {
		return nil, err
	}
	g, err := r.understand(t, x, "Scan")
	if err := cmp.Or(err, problem); err != nil {
		return nil, err
	}
	prefix := g.prefix()
	g.window = window{prefix: prefix, low: prefix, high: behind(prefix)}
	if err := cmp.Or(segments(r.Segment, r.TotalSegments), g.start(r.ExclusiveStartKey), g.checkPaths(false)); err != nil {
		return nil, err
	}
	if r.Segment != nil {
		// Each segment has its share of the partitions' hashes.
		bound := func(n int) []byte {
			return binary.BigEndian.AppendUint32(bytes.Clone(prefix), uint32(uint64(n)<<(8*hashBytes)/uint64(*r.TotalSegments)))
		}
		g.window.low = bound(*r.Segment)
		if *r.Segment+1 < *r.TotalSegments {
			g.window.high = bound(*r.Segment + 1)
		}
		if g.beyond() {
			return nil, invalid("The provided Exclusive start key does not map to the provided Segment and TotalSegments values.")
		}
	}
	return c.give(g, r.listing)
}

func segments(segment, total *int) error {
	switch {
	case segment == nil && total == nil:
		return nil
	case total == nil:
		return invalid("The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
	case segment == nil:
		return invalid("The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
	case *total < 1 || *total > 1000000:
		return invalid("1 validation error detected: Value '%d' at 'totalSegments' failed to satisfy constraint: Member must have value between 1 and 1000000", *total)
	case *segment < 0:
		return invalid("1 validation error detected: Value '%d' at 'segment' failed to satisfy constraint: Member must have value greater than or equal to 0", *segment)
	case *segment >= *total:
		return invalid("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: %d is not less than TotalSegments: %d", *segment, *total)
	}
	return nil
}
