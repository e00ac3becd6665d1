package world

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

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
