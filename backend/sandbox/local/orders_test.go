package local

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"airloom/backend/catalog"
	"airloom/backend/design"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
	"airloom/backend/pack"
	"airloom/backend/sandbox"
)

// real is a project of the real shelf, packed by the real packer, run by real processes.
type real struct {
	*project
	design  design.Design
	packer  *pack.Packer
	cache   string
	lenient bool // deploys what a finding warns of
}

// sdk is where the build puts the AWS SDK for functions.
var sdk = filepath.Join("..", "..", "..", "build", "sdk", "dist")

// newReal copies a sample.
func newReal(t testing.TB, sample string) *real {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts processes")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("Node.js is not installed")
	}
	if _, err := os.Stat(sdk); err != nil {
		t.Skip("the SDK for functions is not built")
	}
	from := filepath.Join("..", "..", "..", "assets", "samples", sample)
	r := &real{project: newProject(t), packer: pack.New(pack.Deps{CacheDir: t.TempDir(), Now: time.Now}), cache: t.TempDir()}
	if err := os.CopyFS(r.folder, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(from, "sample.design.json"))
	if err != nil {
		t.Fatal(err)
	}
	if r.design, err = design.Unmarshal(text); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *real) open() *Sandbox {
	r.t.Helper()
	d := Deps{Name: "local", Stack: "orders", Project: r.folder, Folder: filepath.Join(r.folder, ".airloom", "local"), Config: r.config, Command: "airloom run", Shelf: catalog.Shelf()}
	d.Cache, d.SDK = r.cache, os.DirFS(sdk)
	s, err := Open(context.Background(), d)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			r.t.Error(err)
		}
	})
	return s
}

// bundle generates and packs as the use cases do.
func (r *real) bundle() generate.Bundle {
	r.t.Helper()
	first, err := generate.Generate(r.design, catalog.Shelf(), generate.Settings{})
	if err != nil {
		r.t.Fatal(err)
	}
	packed, err := r.packer.Project(context.Background(), r.folder, first.Units, hostArch(), event.Discard)
	if err != nil {
		r.t.Fatal(err)
	}
	keys := map[design.ID]string{}
	for _, p := range packed {
		keys[p.Node] = p.Key
	}
	b, err := generate.Generate(r.design, catalog.Shelf(), generate.Settings{Keys: keys})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range b.Findings {
		if f.Severity == fault.Blocking && !r.lenient {
			r.t.Fatalf("%s: %s", f.Node, f.Message)
		}
	}
	for _, p := range packed {
		b.Artifacts = append(b.Artifacts, p.Artifact)
	}
	return b
}

func (r *real) deploy(s *Sandbox) sandbox.Deployment {
	r.t.Helper()
	b := r.bundle()
	p, err := s.Plan(context.Background(), b, sandbox.Options{Trust: true, Consent: true})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range p.Refusals {
		r.t.Errorf("refused: %s: %s", f.Node, f.Message)
	}
	if r.t.Failed() {
		r.t.FailNow()
	}
	d, err := s.Apply(context.Background(), p, func(e event.Event) {
		if e.Level == event.Error || e.Type == event.Warn {
			r.t.Logf("%s %s %s", e.Type, e.Node, e.Text)
		}
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return d
}

// call sends a payload to a node as the use cases do.
func (r *real) call(s *Sandbox, node string, payload string) (sandbox.Response, error) {
	r.t.Helper()
	d, err := s.Deployment(context.Background())
	if err != nil {
		return sandbox.Response{}, err
	}
	n := r.design.Nodes[design.ID(node)]
	k, _ := catalog.Shelf().Find(n.Kind)
	target := kind.Target{Node: node, Props: kind.WithDefaults(n.Props, k.Spec().Fields), Resources: map[string]kind.Deployed{}, Outputs: d.Outputs}
	for _, res := range d.Resources {
		if res.Node == node {
			target.Resources[strings.TrimPrefix(res.LogicalID, kind.Pascal(n.ID))] = kind.Deployed{LogicalID: res.LogicalID, Type: res.Type, PhysicalID: res.PhysicalID, ARN: res.ARN, Attributes: res.Attributes}
		}
	}
	req, err := k.(kind.Caller).Call(target, []byte(payload))
	if err != nil {
		return sandbox.Response{}, err
	}
	return s.Call(context.Background(), req)
}

func post(t testing.TB, u, body string, header map[string]string) (int, string) {
	t.Helper()
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	r, err := http.NewRequest(method, u, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(text)
}

// The sample as a person meets it: an order is stored, read, and handled by the worker; a restart loses nothing.
func TestOrders(t *testing.T) {
	r := newReal(t, "orders")
	s := r.open()
	start := time.Now()
	d := r.deploy(s)
	t.Logf("deployed in %s", time.Since(start))
	for _, u := range d.URLs {
		t.Logf("%s %s %s", u.Node, u.Title, u.URL)
	}
	api := address(d, "orders-api")
	status, body := post(t, api+"/orders", `{"item":"tea","quantity":2}`, nil)
	if status != 201 {
		t.Fatalf("%d %s\n%s", status, body, logged(t, s, sandbox.LogQuery{}))
	}
	var order struct{ ID, Status string }
	if err := json.Unmarshal([]byte(body), &order); err != nil {
		t.Fatal(err)
	}
	if status, body = post(t, api+"/orders/"+order.ID, "", nil); status != 200 || !strings.Contains(body, "tea") {
		t.Fatalf("%d %s", status, body)
	}
	until(t, "the worker handles the order", func() bool {
		_, body = post(t, api+"/orders/"+order.ID, "", nil)
		return !strings.Contains(body, `"received"`)
	})
	if status, _ = post(t, api+"/orders", "", nil); status != 401 {
		t.Fatalf("a list without a token: %d", status)
	}
	if status, _ = post(t, api+"/orders", "", map[string]string{"Authorization": "Bearer x.y.z"}); status != 401 {
		t.Fatalf("a list with a wrong token: %d", status)
	}
	token, err := r.call(s, "auth0", `{"sub":"auth0|ada"}`)
	if err != nil || token.Status != 200 {
		t.Fatalf("%+v %v", token, err)
	}
	var granted struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(token.Body, &granted); err != nil {
		t.Fatal(err)
	}
	if status, body = post(t, api+"/orders", "", map[string]string{"Authorization": "Bearer " + granted.AccessToken}); status != 200 || !strings.Contains(body, order.ID) {
		t.Fatalf("a list with a token: %d %s", status, body)
	}
	until(t, "the worker's log names the order", func() bool {
		return strings.Contains(logged(t, s, sandbox.LogQuery{Node: "process-order"}), order.ID)
	})
	out, err := r.call(s, "create-order", `{"body":"{\"item\":\"bread\"}"}`)
	if err != nil || out.Status != 200 || !strings.Contains(string(out.Body), "bread") || out.LogTail == "" {
		t.Fatalf("%+v %v", out, err)
	}
	t.Logf("a warm call takes %s", out.Duration)

	// Saved code runs at the next call.
	source := filepath.Join(r.folder, "functions", "get-order", "index.mjs")
	if err := os.WriteFile(source, []byte(`export const handler = async () => ({ statusCode: 200, body: "new code" })`), 0o644); err != nil {
		t.Fatal(err)
	}
	b := r.bundle()
	start = time.Now()
	if err := s.Reload(context.Background(), b.Artifacts); err != nil {
		t.Fatal(err)
	}
	status, body = post(t, api+"/orders/"+order.ID, "", nil)
	t.Logf("%s from the packed code to its answer", time.Since(start))
	if body != "new code" {
		t.Fatalf("%d %s", status, body)
	}
	start = time.Now()
	if d = r.deploy(s); d.Status != "UPDATE_COMPLETE" {
		t.Fatal(d.Status)
	}
	t.Logf("deployed again in %s", time.Since(start))

	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = r.open()
	if _, err = s.Deployment(context.Background()); err != nil {
		t.Fatal(err)
	}
	if status, body = post(t, api+"/orders/"+order.ID, "", nil); body != "new code" {
		t.Fatalf("after a restart: %d %s\n%s", status, body, logged(t, s, sandbox.LogQuery{}))
	}
	if err := s.Destroy(context.Background(), sandbox.Options{Consent: true}, event.Discard); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(r.folder, ".airloom")); err == nil {
		t.Fatal("the state folder is left")
	}
}
