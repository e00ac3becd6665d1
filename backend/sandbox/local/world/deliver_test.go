package world

import (
	"context"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// A push needs the target's permission, for the service and its source; a restart remembers the permission.
func TestDeliver(t *testing.T) {
	b := newBench(t, nil)
	ctx := context.Background()
	q := queue("Orders")
	b.Up(q)
	d := kind.Delivery{Principal: kind.Principal{Service: "sns.amazonaws.com"}, SourceARN: "arn:aws:sns:us-east-1:000000000000:topic", Target: q.ARN, Payload: []byte("x")}
	if err := b.Deliver(ctx, d); fault.CodeOf(err) != fault.Denied || !strings.Contains(err.Error(), "sqs:SendMessage") {
		t.Fatalf("without a policy: %v", err)
	}
	b.SetPolicy(q.ARN, "policy", policy("sns.amazonaws.com", "sqs:SendMessage", q.ARN, d.SourceARN))
	if err := b.Deliver(ctx, d); err != nil {
		t.Fatal(err)
	}
	other := d
	other.SourceARN += "2"
	if err := b.Deliver(ctx, other); fault.CodeOf(err) != fault.Denied {
		t.Fatalf("from another source: %v", err)
	}
	gone := d
	gone.Target += "2"
	if err := b.Deliver(ctx, gone); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("to what is not there: %v", err)
	}
	bad := d
	bad.Payload = []byte("panic")
	if err := b.Deliver(ctx, bad); fault.CodeOf(err) != fault.Internal || !strings.Contains(b.log(), "failed unexpectedly") {
		t.Fatalf("a panic: %v\n%s", err, b.log())
	}
	page := kind.Instance{LogicalID: "Page", Type: "T::Page", PhysicalID: "p", ARN: "arn:aws:s3:::page"}
	b.Up(page)
	if err := b.Deliver(ctx, kind.Delivery{Principal: kind.Principal{Owner: true}, Target: page.ARN}); fault.CodeOf(err) != fault.Unsupported {
		t.Fatalf("to what takes no pushes: %v", err)
	}
	b.World.Close()
	again := newBench(t, b.folder)
	again.Up(q)
	if err := again.Deliver(ctx, d); err != nil {
		t.Fatalf("after a restart: %v", err)
	}
	again.SetPolicy(q.ARN, "policy", nil)
	again.World.Close()
	third := newBench(t, b.folder)
	third.Up(q)
	if err := third.Deliver(ctx, d); fault.CodeOf(err) != fault.Denied {
		t.Fatalf("after it was taken away: %v", err)
	}
}

// L9: a loop ends after 16 hops, and the person is told.
func TestHops(t *testing.T) {
	b := newBench(t, nil)
	b.Up(queue("Orders"))
	b.Up(function("Worker"))
	for _, hops := range []int{0, MostHops, MostHops + 1} {
		err := b.Deliver(context.Background(), kind.Delivery{Principal: kind.Principal{Owner: true}, Target: queue("Orders").ARN, Hops: hops})
		_, err2 := b.Invoke(context.Background(), kind.Invocation{Principal: kind.Principal{Owner: true}, Function: "Worker", Hops: hops, Async: true})
		if stopped := hops > MostHops; stopped != (fault.CodeOf(err) == fault.Limit) || stopped != (fault.CodeOf(err2) == fault.Limit) {
			t.Errorf("%d hops: %v, %v", hops, err, err2)
		}
	}
	if len(b.accepted) != 4 || !strings.Contains(b.log(), "orders warning stopped: 17 deliveries") {
		t.Fatalf("%d accepted\n%s", len(b.accepted), b.log())
	}
}

func TestInvoke(t *testing.T) {
	b := newBench(t, nil)
	ctx := context.Background()
	fn := function("Worker")
	b.Up(fn)
	b.Up(role("worker"))
	b.Up(role("caller", map[string]any{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": fn.ARN}))
	spec := kind.FunctionSpec{ARN: fn.ARN, Name: "Worker", Role: "arn:aws:iam::000000000000:role/worker"}
	if err := b.Functions().Put(kind.FunctionSpec{ARN: fn.ARN, Role: "arn:aws:iam::000000000000:role/nobody"}); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("a role that is not there: %v", err)
	}
	if err := b.Functions().Put(spec); err != nil {
		t.Fatal(err)
	}
	caller := kind.Principal{Role: "arn:aws:iam::000000000000:role/caller", Session: "caller"}
	for _, name := range []string{"Worker", fn.ARN, fn.ARN + ":live", "000000000000:function:Worker"} {
		out, err := b.Invoke(ctx, kind.Invocation{Function: name, Principal: caller, Payload: []byte("1"), RequestID: "r"})
		if name == fn.ARN+":live" { // the role is allowed the function, not its aliases
			if fault.CodeOf(err) != fault.Denied {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || string(out.Payload) != "done" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := b.functions.called; len(got) != 3 || got[0] != fn.ARN+" r 1" {
		t.Fatalf("%q", got)
	}
	for _, who := range []kind.Principal{{Role: "arn:aws:iam::000000000000:role/worker"}, {Service: "s3.amazonaws.com"}, {}} {
		if _, err := b.Invoke(ctx, kind.Invocation{Function: "Worker", Principal: who}); fault.CodeOf(err) != fault.Denied {
			t.Errorf("%+v: %v", who, err)
		}
	}
	out, err := b.Invoke(ctx, kind.Invocation{Function: "Worker", Principal: caller, Async: true, Payload: []byte("later"), SourceARN: "s"})
	if err != nil || out.RequestID == "" || len(b.accepted) != 1 || string(b.accepted[0].Payload) != "later" {
		t.Fatalf("%+v %v", out, err)
	}
	if _, err := b.Invoke(ctx, kind.Invocation{Function: "Nobody", Principal: caller}); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("no such function: %v", err)
	}
}

// After a restart, a call waits for its function instead of failing.
func TestInvokeWaitsForTheFunction(t *testing.T) {
	b := newBench(t, nil)
	fn := function("Worker")
	b.Up(fn)
	b.Up(role("worker"))
	done := make(chan error, 1)
	go func() {
		_, err := b.Invoke(context.Background(), kind.Invocation{Function: "Worker", Principal: kind.Principal{Owner: true}})
		done <- err
	}()
	spec := kind.FunctionSpec{ARN: fn.ARN, Name: "Worker", Role: "arn:aws:iam::000000000000:role/worker", ArtifactKey: "broken"}
	if err := b.Functions().Put(spec); err == nil {
		t.Fatal("a broken function was put")
	}
	spec.ArtifactKey = "whole"
	if err := b.Functions().Put(spec); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b.Functions().Remove(fn.ARN)
	if _, err := b.Invoke(ctx, kind.Invocation{Function: "Worker", Principal: kind.Principal{Owner: true}}); fault.CodeOf(err) != fault.Canceled {
		t.Fatal(err)
	}
}

// Each function has credentials of its own role; another role gets others, and the old ones are worth nothing.
func TestCredentials(t *testing.T) {
	b := newBench(t, nil)
	b.SetEndpoint("http://127.0.0.1:1")
	b.Up(role("one"))
	b.Up(role("two"))
	spec := kind.FunctionSpec{ARN: function("A").ARN, Name: "A", Role: "arn:aws:iam::000000000000:role/one"}
	put := func() map[string]string {
		t.Helper()
		if err := b.Functions().Put(spec); err != nil {
			t.Fatal(err)
		}
		return b.Environment(spec)
	}
	first, again := put(), put()
	if first["AWS_ACCESS_KEY_ID"] == "" || first["AWS_ACCESS_KEY_ID"] != again["AWS_ACCESS_KEY_ID"] {
		t.Fatalf("%v, then %v", first, again)
	}
	if first["AWS_ENDPOINT_URL"] != "http://127.0.0.1:1" {
		t.Fatal(first)
	}
	spec.Role = "arn:aws:iam::000000000000:role/two"
	if second := put(); second["AWS_ACCESS_KEY_ID"] == first["AWS_ACCESS_KEY_ID"] || second["AWS_SECRET_ACCESS_KEY"] == first["AWS_SECRET_ACCESS_KEY"] {
		t.Fatal("another role has the same credentials")
	}
}
