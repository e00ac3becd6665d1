package generate_test

import (
	"fmt"
	"testing"

	"airloom/backend/catalog"
	"airloom/backend/design"
	"airloom/backend/generate"
)

// system draws n functions as systems have them: each behind a route of its own, every one at a table that ten share, every
// third fed by a queue.
func system(n int) design.Design {
	d := design.New()
	node := func(id, kind string) {
		d.Nodes[design.ID(id)] = design.Node{ID: design.ID(id), Kind: kind, Name: id}
	}
	wire := func(from, to, protocol, access string, props design.Props) {
		e := design.Edge{ID: design.NewEdgeID(d, design.ID(from), design.ID(to)), From: design.End{Node: design.ID(from), Port: "out"}, To: design.End{Node: design.ID(to), Port: "in"},
			Protocol: protocol, Access: access, Props: props}
		d.Edges[e.ID] = e
	}
	node("api", "aws.httpapi")
	for i := range n {
		f, table := fmt.Sprintf("function-%d", i), fmt.Sprintf("table-%d", i/10)
		node(f, "aws.lambda")
		wire("api", f, "route", "", design.Props{"method": "GET", "path": fmt.Sprintf("/things-%d/{id}", i)})
		if i%10 == 0 {
			node(table, "aws.dynamodb")
		}
		wire(f, table, "call", "readwrite", nil)
		if i%3 == 0 {
			q := fmt.Sprintf("queue-%d", i)
			node(q, "aws.sqs")
			wire(q, f, "poll", "", nil)
		}
	}
	return d
}

func BenchmarkGenerate(b *testing.B) {
	for _, n := range []int{10, 100, 300, 1000} {
		b.Run(fmt.Sprintf("%d_functions", n), func(b *testing.B) {
			d, shelf := system(n), catalog.Shelf()
			for b.Loop() {
				if _, err := generate.Generate(d, shelf, generate.Settings{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
