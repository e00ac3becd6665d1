package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
	"airloom/backend/sandbox/local/functions"
)

// fakeKind brings three small types and a service, enough to see every part of the sandbox work.
type fakeKind struct{}

func (fakeKind) Spec() kind.Spec        { return kind.Spec{ID: "test"} }
func (fakeKind) Emit(*kind.Scope) error { return nil }

func (fakeKind) Simulate() kind.Simulation {
	host := func(w kind.World, in kind.Instance) error {
		code, _ := in.Properties["Code"].(map[string]any)
		key, _ := code["S3Key"].(string)
		role, _ := in.Properties["Role"].(string)
		return w.Functions().Put(kind.FunctionSpec{ARN: in.ARN, Name: in.PhysicalID, Node: in.Node, Role: role, ArtifactKey: key, LogGroup: "/aws/lambda/" + in.PhysicalID})
	}
	return kind.Simulation{
		Types: []kind.ResourceType{{
			Type: "Test::Web", Properties: []string{"Body"}, // a page at an address
			Create: func(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
				in.ARN = w.ARN("test", in.PhysicalID)
				in.Attributes = map[string]any{"Url": w.Address(in.LogicalID) + "/page"}
				if in.Properties["Body"] == "broken" {
					return in, fault.New(fault.Invalid, "this page cannot be made")
				}
				return in, nil
			},
			Serve: func(_ context.Context, _ kind.World, in kind.Instance, r kind.HTTPRequest) kind.HTTPResponse {
				if r.Path == "/panic" {
					panic("as asked")
				}
				body, _ := in.Properties["Body"].(string)
				return kind.HTTPResponse{Status: 200, Header: map[string][]string{"Content-Type": {"text/plain"}}, Body: []byte(body + " " + r.Method + " " + r.Path)}
			},
		}, {
			Type: "Test::Counter", Properties: []string{"Name"}, Stateful: true, // counts how often its work was started
			Create: func(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
				in.ARN = w.ARN("sqs", in.PhysicalID)
				in.Attributes = map[string]any{"Url": w.Endpoint() + "/" + in.PhysicalID}
				return in, nil
			},
			Run: func(ctx context.Context, w kind.World, in kind.Instance) {
				_ = count(w, "starts", 1)
				w.Log(in.Node, "info", "started %s", in.LogicalID)
				<-ctx.Done()
			},
			Push: "sqs:SendMessage",
			Accept: func(_ context.Context, w kind.World, _ kind.Instance, d kind.Delivery) error {
				return count(w, "accepted", 1)
			},
			Delete: func(_ context.Context, w kind.World, _ kind.Instance) error {
				return w.State("test").Update(func(tx kind.Tx) error { return tx.DeletePrefix(nil) })
			},
		}, {
			Type: "Test::Function", Properties: []string{"Code.S3Bucket", "Code.S3Key", "Role", "Url"},
			Create: func(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
				in.ARN = w.ARN("lambda", "function:"+in.PhysicalID)
				return in, host(w, in)
			},
			Update: func(_ context.Context, w kind.World, _, in kind.Instance) (kind.Instance, error) {
				return in, host(w, in)
			},
			Delete: func(_ context.Context, w kind.World, in kind.Instance) error {
				w.Functions().Remove(in.ARN)
				return nil
			},
			Run: func(_ context.Context, w kind.World, in kind.Instance) { _ = host(w, in) },
		}},
		Services: []kind.Service{{Name: "test", Serve: func(ctx context.Context, w kind.World, r kind.APIRequest) kind.HTTPResponse {
			switch r.Operation {
			case "Panic":
				panic("as asked")
			case "Invoke":
				out, err := w.Invoke(ctx, kind.Invocation{Function: string(r.Body), Principal: r.Principal})
				if err != nil {
					return kind.HTTPResponse{Status: 403, Body: []byte(err.Error())}
				}
				return kind.HTTPResponse{Status: 200, Header: map[string][]string{"X-Amz-Function-Error": {out.FunctionError}}, Body: out.Payload}
			}
			if err := count(w, r.Operation, 1); err != nil {
				return kind.HTTPResponse{Status: 500, Body: []byte(err.Error())}
			}
			n, _ := counted(w, r.Operation)
			text, _ := json.Marshal(map[string]any{"count": n, "role": r.Principal.Role, "owner": r.Principal.Owner, "body": string(r.Body)})
			return kind.HTTPResponse{Status: 200, Body: text}
		}}},
		Hosts: []kind.Host{{Match: func(h string) bool { return h == "api.example.com" }, Serve: func(_ context.Context, _ kind.World, r kind.HTTPRequest) kind.HTTPResponse {
			return kind.HTTPResponse{Status: 200, Body: append([]byte("simulated "), r.Body...)}
		}}},
	}
}

func count(w kind.World, name string, by int) error {
	return w.State("test").Update(func(tx kind.Tx) error {
		n, _ := strconv.Atoi(string(tx.Get([]byte(name))))
		return tx.Put([]byte(name), []byte(strconv.Itoa(n+by)))
	})
}

func counted(w kind.World, name string) (n int, err error) {
	err = w.State("test").View(func(tx kind.Tx) error { n, err = strconv.Atoi(string(tx.Get([]byte(name)))); return err })
	return n, err
}

// fakeFunctions answers with the key of the code that runs.
type fakeFunctions struct {
	deps functions.Deps

	mu     sync.Mutex
	specs  map[string]kind.FunctionSpec
	closed bool
}

func (f *fakeFunctions) Put(s kind.FunctionSpec) error {
	if _, err := f.deps.Artifact(s.ArtifactKey); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.specs[s.ARN] = s
	return nil
}

func (f *fakeFunctions) Remove(arn string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.specs, arn)
}

func (f *fakeFunctions) Invoke(_ context.Context, arn string, in functions.Request) (kind.InvokeResult, error) {
	f.mu.Lock()
	s, ok := f.specs[arn]
	f.mu.Unlock()
	if !ok {
		return kind.InvokeResult{}, fault.New(fault.NotFound, "no function %s", arn)
	}
	f.deps.Log(functions.Line{ARN: arn, Node: s.Node, Group: s.LogGroup, Stream: "stream", RequestID: in.RequestID, Text: "ran " + s.ArtifactKey, Time: f.deps.Now()})
	env, _ := json.Marshal(f.deps.Environment(s))
	return kind.InvokeResult{Payload: []byte(s.ArtifactKey + "\n" + string(env)), RequestID: in.RequestID}, nil
}

func (f *fakeFunctions) Warnings(units []kind.Unit) []string {
	if len(units) == 0 {
		return nil
	}
	return []string{"declared nodejs24.x, this machine has 20.20"}
}

func (f *fakeFunctions) Missing(units []kind.Unit) []fault.Finding {
	for _, u := range units {
		if u.Runtime == "cobol" {
			return []fault.Finding{{Rule: "runtime", Severity: fault.Blocking, Node: string(u.Node), Message: "cobol is not run here"}}
		}
	}
	return nil
}

func (f *fakeFunctions) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	return nil
}

// project is a folder with everything that a sandbox needs.
type project struct {
	t              testing.TB
	folder, config string
	functions      *fakeFunctions
}

func newProject(t testing.TB) *project {
	t.Helper()
	return &project{t: t, folder: t.TempDir(), config: t.TempDir()}
}

func (p *project) open() *Sandbox {
	p.t.Helper()
	s, err := Open(context.Background(), Deps{Name: "local", Stack: "shop", Project: p.folder, Folder: filepath.Join(p.folder, ".airloom", "local"), Config: p.config, Command: "airloom run",
		Shelf: kind.Shelf{fakeKind{}}, Functions: func(d functions.Deps) Functions {
			p.functions = &fakeFunctions{deps: d, specs: map[string]kind.FunctionSpec{}}
			return p.functions
		}})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			p.t.Error(err)
		}
	})
	return s
}

// zip writes an artifact with some content.
func (p *project) zip(content string) generate.Artifact {
	p.t.Helper()
	sum := sha256.Sum256([]byte(content))
	key := hex.EncodeToString(sum[:]) + ".zip"
	name := filepath.Join(p.t.TempDir(), key)
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return generate.Artifact{Node: "worker", Key: key, Path: name}
}

// bundle is a page, a counter and a function.
func bundle(a generate.Artifact, body string) generate.Bundle {
	trust := map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "lambda.amazonaws.com"}}}}
	t := cfn.Template{
		Parameters: map[string]cfn.Parameter{kind.ArtifactBucket: {Type: "String"}},
		Resources: map[string]cfn.Resource{
			"Page":    {Type: "Test::Web", Properties: map[string]any{"Body": body}},
			"Counter": {Type: "Test::Counter"},
			"Role":    {Type: "AWS::IAM::Role", Properties: map[string]any{"AssumeRolePolicyDocument": trust}},
			"Logs":    {Type: "AWS::Logs::LogGroup", Properties: map[string]any{"RetentionInDays": 14}},
			"Worker": {Type: "Test::Function", Properties: map[string]any{"Code": map[string]any{"S3Bucket": cfn.Ref(kind.ArtifactBucket), "S3Key": a.Key},
				"Role": cfn.GetAtt("Role", "Arn"), "Url": cfn.GetAtt("Counter", "Url")}},
		},
		Outputs: map[string]cfn.Output{"PageUrl": {Description: "The page", Value: cfn.GetAtt("Page", "Url")}, "Queue": {Value: cfn.GetAtt("Counter", "Url")}},
	}
	body2 := cfn.PrintJSON(t)
	sum := sha256.Sum256(body2)
	return generate.Bundle{Template: t, Body: body2, Trace: map[string]design.ID{"Page": "page", "PageUrl": "page", "Counter": "counter", "Worker": "worker", "Role": "worker", "Logs": "worker"},
		Units: []kind.Unit{{Node: "worker", Name: "worker", Runtime: "nodejs24.x", Arch: "arm64"}}, Artifacts: []generate.Artifact{a}, Digest: hex.EncodeToString(sum[:])}
}

// deploy plans and applies with the person's word.
func deploy(t *testing.T, s *Sandbox, b generate.Bundle) sandbox.Deployment {
	t.Helper()
	d, err := tryDeploy(s, b, sandbox.Options{Trust: true, Consent: true})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func tryDeploy(s *Sandbox, b generate.Bundle, opts sandbox.Options) (sandbox.Deployment, error) {
	p, err := s.Plan(context.Background(), b, opts)
	if err != nil {
		return sandbox.Deployment{}, err
	}
	return s.Apply(context.Background(), p, event.Discard)
}

// call asks the service of the fake kind as the owner.
func call(t *testing.T, s *Sandbox, operation, body string) sandbox.Response {
	t.Helper()
	out, err := s.Call(context.Background(), ask(operation, body))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func ask(operation, body string) kind.Request {
	return kind.Request{Service: "test", Method: "POST", Path: "/", Header: map[string]string{"X-Amz-Target": "Test." + operation}, Body: []byte(body)}
}

// until waits for something that happens in the background.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

func address(d sandbox.Deployment, node string) string {
	for _, u := range d.URLs {
		if u.Node == node {
			return u.URL
		}
	}
	return fmt.Sprintf("no URL of %s in %v", node, d.URLs)
}

// existing is an artifact that lies at a path named after its key.
func (p *project) existing(path string) generate.Artifact {
	return generate.Artifact{Node: "worker", Key: filepath.Base(path), Path: path}
}
