package world

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox/local/endpoint"
	"airloom/backend/sandbox/local/iam"
	"airloom/backend/sandbox/local/state"
)

// bench is a world with a queue-like, a function-like and a page-like type.
type bench struct {
	*testing.T
	*World
	folder    *state.Folder
	functions *functions

	mu       sync.Mutex
	lines    []string
	accepted []kind.Delivery
	running  map[string]int
}

type functions struct {
	mu     sync.Mutex
	specs  map[string]kind.FunctionSpec
	called []string
}

func (f *functions) Put(s kind.FunctionSpec) error {
	if s.ArtifactKey == "broken" {
		return errors.New("no such zip")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.specs[s.ARN] = s
	return nil
}

func (f *functions) Remove(arn string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.specs, arn)
}

func (f *functions) Invoke(_ context.Context, in kind.Invocation) (kind.InvokeResult, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.called = append(f.called, in.Function+" "+in.RequestID+" "+string(in.Payload))
	return kind.InvokeResult{Payload: []byte("done"), RequestID: in.RequestID}, nil
}

func newBench(t *testing.T, folder *state.Folder) *bench {
	t.Helper()
	if folder == nil {
		var err error
		if folder, err = state.Open(t.TempDir()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = folder.Close() })
	}
	b := &bench{T: t, folder: folder, functions: &functions{specs: map[string]kind.FunctionSpec{}}, running: map[string]int{}}
	count := func(in kind.Instance, by int) { b.mu.Lock(); b.running[in.LogicalID] += by; b.mu.Unlock() }
	accept := func(_ context.Context, _ kind.World, in kind.Instance, d kind.Delivery) error {
		if string(d.Payload) == "panic" {
			panic("as asked")
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.accepted = append(b.accepted, d)
		return nil
	}
	sim := kind.Simulation{
		Types: []kind.ResourceType{
			{Type: "T::Queue", Accept: accept, Push: "sqs:SendMessage",
				Receive: func(_ context.Context, _ kind.World, in kind.Instance, r kind.PollRequest) (kind.Batch, error) {
					return kind.Batch{IDs: []string{in.LogicalID}}, nil
				},
				Run: func(ctx context.Context, _ kind.World, in kind.Instance) {
					count(in, 1)
					<-ctx.Done()
					time.Sleep(5 * time.Millisecond)
					count(in, -1)
				}},
			{Type: "T::Function", Accept: accept, Push: "lambda:InvokeFunction"},
			{Type: "T::Panics", Run: func(context.Context, kind.World, kind.Instance) { panic("as asked") }},
			{Type: "T::Page", Serve: func(_ context.Context, _ kind.World, in kind.Instance, _ kind.HTTPRequest) kind.HTTPResponse {
				return kind.HTTPResponse{Status: 200, Header: map[string][]string{"X-Page": {in.PhysicalID}}}
			}},
		},
		Services: []kind.Service{{Name: "test", Serve: func(context.Context, kind.World, kind.APIRequest) kind.HTTPResponse {
			return kind.HTTPResponse{Status: 200}
		}}},
		Hosts: []kind.Host{{Match: func(h string) bool { return h == "simulated.example" }, Serve: func(context.Context, kind.World, kind.HTTPRequest) kind.HTTPResponse {
			return kind.HTTPResponse{Status: 201}
		}}},
	}
	ids := 0
	var err error
	b.World, err = New(Deps{Region: "us-east-1", Account: "000000000000", Stack: "shop", Simulations: []kind.Simulation{sim}, Store: folder,
		Directory: iam.NewDirectory("000000000000", "us-east-1", time.Now), Keys: endpoint.NewKeys(time.Now, rand.Reader), Functions: b.functions, Now: time.Now, After: time.After,
		NewID: func() string { ids++; return fmt.Sprint("id-", ids) },
		Log: func(node, level, text string) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.lines = append(b.lines, node+" "+level+" "+text)
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.World.Close)
	return b
}

func (b *bench) log() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.lines, "\n")
}

func (b *bench) count(id string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.running[id]
}

func (b *bench) until(what string, is func() bool) {
	b.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			b.Fatal("never: " + what)
		}
	}
}

func queue(id string) kind.Instance {
	return kind.Instance{LogicalID: id, Type: "T::Queue", Node: strings.ToLower(id), PhysicalID: "shop-" + id, ARN: "arn:aws:sqs:us-east-1:000000000000:" + id}
}

func function(id string) kind.Instance {
	return kind.Instance{LogicalID: id, Type: "T::Function", Node: strings.ToLower(id), PhysicalID: id, ARN: "arn:aws:lambda:us-east-1:000000000000:function:" + id}
}

func policy(service, action, resource, source string) map[string]any {
	return map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Principal": map[string]any{"Service": service}, "Action": action, "Resource": resource,
		"Condition": map[string]any{"ArnLike": map[string]any{"aws:SourceArn": source}}}}}
}

func role(name string, statements ...any) kind.Instance {
	in := kind.Instance{LogicalID: name, Type: "AWS::IAM::Role", PhysicalID: name, ARN: "arn:aws:iam::000000000000:role/" + name, Properties: map[string]any{
		"AssumeRolePolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole",
			"Principal": map[string]any{"Service": "lambda.amazonaws.com"}}}}}}
	if len(statements) > 0 {
		in.Properties["Policies"] = []any{map[string]any{"PolicyName": "p", "PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": statements}}}
	}
	return in
}

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

// Background work starts when the world becomes live, and has ended when Down or Close returns.
func TestBackground(t *testing.T) {
	b := newBench(t, nil)
	one, two := queue("One"), queue("Two")
	b.Up(one)
	time.Sleep(2 * time.Millisecond)
	if b.count("One") != 0 {
		t.Fatal("something runs before the world is live")
	}
	b.Live()
	b.Up(two)
	b.until("both run", func() bool { return b.count("One") == 1 && b.count("Two") == 1 })
	b.Down(one)
	if b.count("One") != 0 {
		t.Fatal("work goes on after Down")
	}
	if _, ok := b.Find(one.ARN); ok {
		t.Fatal("what is down is found")
	}
	b.Up(kind.Instance{LogicalID: "P", Type: "T::Panics", PhysicalID: "p", Node: "p"})
	b.until("the panic is told", func() bool {
		return strings.Contains(b.log(), "p error the simulation of P (T::Panics) failed unexpectedly")
	})
	b.World.Close()
	if b.count("Two") != 0 {
		t.Fatal("work goes on after Close")
	}
}

// A replaced instance and its replacement have one address: the newer one answers, also when the older one goes.
func TestAddressOfAReplacement(t *testing.T) {
	b := newBench(t, nil)
	b.Live()
	page := func(id string) kind.Instance {
		return kind.Instance{LogicalID: "Page", Type: "T::Page", PhysicalID: id}
	}
	answers := func() string {
		res, err := http.Get(b.Address("Page"))
		if err != nil {
			return err.Error()
		}
		res.Body.Close()
		return fmt.Sprint(res.StatusCode, res.Header.Get("X-Page"))
	}
	b.Up(page("old"))
	b.Up(page("new"))
	if got := answers(); got != "200new" {
		t.Fatal(got)
	}
	b.Down(page("old"))
	if got := answers(); got != "200new" {
		t.Fatal(got)
	}
	b.Down(page("new"))
	if got := answers(); got != "503" {
		t.Fatal(got)
	}
	before := b.Address("Page")
	if err := b.Tidy(); err != nil {
		t.Fatal(err)
	}
	if _, err := http.Get(before); err == nil {
		t.Fatal("the port of what is gone is open")
	}
}

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

func TestTwoOfAKind(t *testing.T) {
	d := Deps{Simulations: []kind.Simulation{{Types: []kind.ResourceType{{Type: "T"}}}, {Types: []kind.ResourceType{{Type: "T"}}}}}
	if _, err := New(d); fault.CodeOf(err) != fault.Internal {
		t.Fatal(err)
	}
	d.Simulations = []kind.Simulation{{Services: []kind.Service{{Name: "s"}}}, {Services: []kind.Service{{Name: "s"}}}}
	if _, err := New(d); fault.CodeOf(err) != fault.Internal {
		t.Fatal(err)
	}
}
