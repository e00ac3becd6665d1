package world

import (
	"context"
	"slices"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

func TestLooking(t *testing.T) {
	b := newBench(t, nil)
	for _, id := range []string{"B", "A", "C"} {
		b.Up(queue(id))
	}
	var ids []string
	for _, in := range b.Instances("T::Queue") {
		ids = append(ids, in.LogicalID)
	}
	if !slices.Equal(ids, []string{"A", "B", "C"}) {
		t.Fatal(ids)
	}
	if in, ok := b.Lookup("T::Queue", "shop-A"); !ok || in.LogicalID != "A" {
		t.Fatal(in)
	}
	if _, ok := b.Lookup("T::Page", "shop-A"); ok {
		t.Fatal("found under another type")
	}
	if _, ok := b.Find(""); ok {
		t.Fatal("found by no ARN")
	}
	batch, err := b.Receive(context.Background(), queue("B").ARN, kind.PollRequest{})
	if err != nil || batch.IDs[0] != "B" {
		t.Fatal(err)
	}
	if batch, err := b.Receive(context.Background(), queue("B").ARN+"/stream/2026", kind.PollRequest{}); err != nil || batch.IDs[0] != "B" {
		t.Fatal(err)
	}
	if _, err := b.Receive(context.Background(), "arn:none/x", kind.PollRequest{}); fault.CodeOf(err) != fault.NotFound {
		t.Fatal(err)
	}
}

// Only simulated hosts answer; the network is never used.
func TestFetch(t *testing.T) {
	b := newBench(t, nil)
	if r, err := b.Fetch(context.Background(), kind.HTTPRequest{Host: "simulated.example"}); err != nil || r.Status != 201 {
		t.Fatal(err)
	}
	if _, err := b.Fetch(context.Background(), kind.HTTPRequest{Host: "127.0.0.1"}); fault.CodeOf(err) != fault.Unavailable {
		t.Fatal(err)
	}
}
