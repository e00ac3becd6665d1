package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
	"airloom/backend/sandbox/local/state"
)

func get(t *testing.T, u string) (int, string) {
	t.Helper()
	res, err := http.Get(u)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body)
}

func TestDeployUpdateRestartDestroy(t *testing.T) {
	p := newProject(t)
	s := p.open()
	ctx := context.Background()
	if _, err := s.Deployment(ctx); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("nothing is deployed, and asking says %v", err)
	}
	if _, err := os.Stat(s.Folder); err == nil {
		t.Fatal("asking for a deployment made the state folder")
	}
	code := p.zip("one")
	d := deploy(t, s, bundle(code, "hello"))
	if d.Status != "CREATE_COMPLETE" || len(d.Resources) != 5 {
		t.Fatalf("%s with %d resources", d.Status, len(d.Resources))
	}
	if len(d.URLs) != 1 || d.URLs[0].Title != "The page" {
		t.Fatalf("addresses: %v", d.URLs)
	}
	page := address(d, "page")
	if status, body := get(t, page); status != 200 || body != "hello GET /page" {
		t.Fatalf("%s: %d %s", page, status, body)
	}
	until(t, "background work", func() bool { n, _ := counted(s.held.world, "starts"); return n == 1 })
	if out := call(t, s, "Hit", "x"); !strings.Contains(string(out.Body), `"owner":true`) {
		t.Fatalf("the owner's call: %s", out.Body)
	}

	plan, err := s.Plan(ctx, bundle(code, "hello"), sandbox.Options{})
	if err != nil || plan.Method != "none" || !plan.Applyable {
		t.Fatalf("the same bundle: %s %v %v", plan.Method, plan.Refusals, err)
	}
	d = deploy(t, s, bundle(code, "good day"))
	if _, body := get(t, page); d.Status != "UPDATE_COMPLETE" || body != "good day GET /page" {
		t.Fatalf("after the update %s: %s", d.Status, body)
	}

	if _, err := tryDeploy(s, bundle(code, "broken"), sandbox.Options{Trust: true}); err != nil {
		t.Fatal(err) // a page has no Create on update
	}
	broken := bundle(code, "good day")
	broken.Template.Resources["Second"] = broken.Template.Resources["Page"]
	second := broken.Template.Resources["Second"]
	second.Properties = map[string]any{"Body": "broken"}
	broken.Template.Resources["Second"] = second
	if _, err := tryDeploy(s, broken, sandbox.Options{Trust: true}); err == nil {
		t.Fatal("a page that cannot be made was made")
	}
	if d, err = s.Deployment(ctx); err != nil || d.Status != "UPDATE_ROLLBACK_COMPLETE" || len(d.Resources) != 5 {
		t.Fatalf("after the rollback: %s with %d resources, %v", d.Status, len(d.Resources), err)
	}

	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !p.functions.closed {
		t.Fatal("the function host was not closed")
	}
	if status, _ := get(t, page); status != 0 {
		t.Fatal("the port is open after Close")
	}
	s = p.open()
	if d, err = s.Deployment(ctx); err != nil {
		t.Fatal(err)
	}
	if again := address(d, "page"); again != page {
		t.Fatalf("the address moved from %s to %s", page, again)
	}
	if status, _ := get(t, page); status != 200 {
		t.Fatal("the page does not answer after a restart")
	}
	if out := call(t, s, "Hit", ""); !strings.Contains(string(out.Body), `"count":2`) {
		t.Fatalf("state did not survive the restart: %s", out.Body)
	}
	if err := s.Destroy(ctx, sandbox.Options{}, event.Discard); fault.CodeOf(err) != fault.Denied {
		t.Fatalf("destroyed without consent: %v", err)
	}
	if err := s.Destroy(ctx, sandbox.Options{Consent: true}, event.Discard); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(p.folder, ".airloom")); err == nil {
		t.Fatal("the state folder is still there")
	}
	if status, _ := get(t, page); status != 0 {
		t.Fatal("the port is open after Destroy")
	}
	if _, err := s.Deployment(ctx); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("after Destroy: %v", err)
	}
	deploy(t, s, bundle(code, "again"))
}

func TestPlanAloneLeavesNothing(t *testing.T) {
	p := newProject(t)
	s := p.open()
	if _, err := s.Plan(context.Background(), bundle(p.zip("one"), "hello"), sandbox.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(p.folder, ".airloom")); err == nil {
		t.Fatal("a plan left a folder behind")
	}
}

func TestRefusals(t *testing.T) {
	p := newProject(t)
	s := p.open()
	b := bundle(p.zip("one"), "hello")
	b.Units = append(b.Units, kind.Unit{Node: "old", Name: "old", Runtime: "cobol"})
	page := b.Template.Resources["Page"]
	page.Type = "AWS::Braket::Computer"
	b.Template.Resources["Page"] = page
	plan, err := s.Plan(context.Background(), b, sandbox.Options{})
	if err != nil || plan.Applyable {
		t.Fatalf("applyable %v, %v", plan.Applyable, err)
	}
	var all []string
	for _, f := range plan.Refusals {
		all = append(all, f.Message)
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{"AWS::Braket::Computer", "the code of old is not packed", "cobol is not run here"} {
		if !strings.Contains(text, want) {
			t.Errorf("no word of %q in:\n%s", want, text)
		}
	}
	notes := strings.Join(plan.Notes, "\n")
	if !strings.Contains(notes, "declared nodejs24.x") || hostArch() != "arm64" && !strings.Contains(notes, "not for arm64") {
		t.Errorf("notes:\n%s", notes)
	}
	if _, err := s.Apply(context.Background(), plan, event.Discard); err == nil {
		t.Fatal("a refused plan was applied")
	}
}

// L5: nothing of a project runs before consent, which is bound to place and content.
func TestTrust(t *testing.T) {
	ctx := context.Background()
	p := newProject(t)
	s := p.open()
	b := bundle(p.zip("one"), "hello")
	if _, err := tryDeploy(s, b, sandbox.Options{}); fault.CodeOf(err) != fault.Denied || fault.As(err).Where != "trust" {
		t.Fatalf("applied without trust: %v", err)
	}
	if s.held.live.Load() {
		t.Fatal("something runs without trust")
	}
	first := address(deploy(t, s, b), "page")
	if _, err := tryDeploy(s, b, sandbox.Options{}); err != nil {
		t.Fatalf("the same content in the same place needs no second word: %v", err)
	}
	if _, err := tryDeploy(s, bundle(p.zip("two"), "hello"), sandbox.Options{}); fault.CodeOf(err) != fault.Denied {
		t.Fatalf("other content needs the person's word: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	// The same folder with everything in it, for somebody who has not agreed: another user, a clone with a state folder in it.
	foreign := *p
	foreign.config = t.TempDir()
	s = foreign.open()
	d, err := s.Deployment(ctx)
	if err != nil || len(d.Sandbox.Warnings) == 0 || s.held.live.Load() {
		t.Fatalf("running %v, warnings %v, %v", s.held.live.Load(), d.Sandbox.Warnings, err)
	}
	if status, _ := get(t, first); status != http.StatusServiceUnavailable {
		t.Fatalf("an untrusted page answered %d", status)
	}
	if _, err := s.Call(ctx, ask("Hit", "")); fault.CodeOf(err) != fault.Denied {
		t.Fatalf("an untrusted call: %v", err)
	}
	plan, err := s.Plan(ctx, b, sandbox.Options{})
	if err != nil || plan.Method != "update" {
		t.Fatalf("a plan that would start it: %s, %v", plan.Method, err)
	}
	if len(foreign.functions.specs) != 0 {
		t.Fatal("a function was hosted")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	// What was changed in the state folder, a record or the bundle that a reload would take up: the old consent is for other
	// content. Undone, it holds again.
	page := func(body string) func(*state.Folder) error {
		return func(f *state.Folder) error {
			_, records, err := f.Stack().Load()
			for _, r := range records {
				if r.Instance.LogicalID == "Page" {
					r.Instance.Properties["Body"] = body
					err = f.Stack().Put(r)
				}
			}
			return err
		}
	}
	kept := func(from, to string) func(*state.Folder) error {
		return func(f *state.Folder) error {
			var b stored
			if _, err := f.Get(bundleSection, "deployed", &b); err != nil {
				return err
			}
			b.Body = strings.ReplaceAll(b.Body, from, to)
			return f.Set(bundleSection, "deployed", b)
		}
	}
	for _, c := range []struct {
		change func(*state.Folder) error
		runs   bool
	}{{page("evil"), false}, {page("hello"), true}, {kept("hello", "evil"), false}, {kept("evil", "hello"), true}} {
		f, err := state.Open(filepath.Join(p.folder, ".airloom", "local"))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(c.change(f), f.Close()); err != nil {
			t.Fatal(err)
		}
		s := p.open()
		if _, err := s.Call(ctx, ask("Hit", "")); c.runs != (err == nil) || err != nil && fault.CodeOf(err) != fault.Denied {
			t.Fatalf("with changed content: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A state that cannot be read is said, with what to do, and can be removed.
func TestUnreadableState(t *testing.T) {
	ctx := context.Background()
	p := newProject(t)
	s := p.open()
	if err := os.MkdirAll(s.Folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Folder, "state.db"), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Deployment(ctx); fault.CodeOf(err) != fault.Invalid || !strings.Contains(fault.As(err).Hint, "destroy") {
		t.Fatal(err)
	}
	if err := s.Destroy(ctx, sandbox.Options{Consent: true}, event.Discard); err != nil {
		t.Fatal(err)
	}
	deploy(t, s, bundle(p.zip("one"), "hello"))
}

func TestChangedZipIsRefused(t *testing.T) {
	p := newProject(t)
	s := p.open()
	a := p.zip("one")
	deploy(t, s, bundle(a, "hello"))
	if err := os.WriteFile(s.held.artifactPath(a.Key), []byte("evil"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.held.artifact(a.Key); fault.CodeOf(err) != fault.Denied {
		t.Fatalf("a changed zip: %v", err)
	}
	lying := p.zip("two")
	lying.Key = strings.Repeat("0", 64) + ".zip"
	if err := s.held.keep([]generate.Artifact{lying}); fault.CodeOf(err) != fault.Invalid {
		t.Fatalf("a zip that is not what its key says: %v", err)
	}
}

func TestReload(t *testing.T) {
	ctx := context.Background()
	p := newProject(t)
	s := p.open()
	one, two := p.zip("one"), p.zip("two")
	if err := s.Reload(ctx, []generate.Artifact{two}); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("reloaded what is not deployed: %v", err)
	}
	d := deploy(t, s, bundle(one, "hello"))
	worker := resource(d, "Worker")
	if out := call(t, s, "Invoke", worker.ARN); !strings.HasPrefix(string(out.Body), one.Key) {
		t.Fatalf("runs %s", out.Body)
	}
	start := time.Now()
	if err := s.Reload(ctx, []generate.Artifact{two}); err != nil {
		t.Fatal(err)
	}
	if out := call(t, s, "Invoke", worker.ARN); !strings.HasPrefix(string(out.Body), two.Key) {
		t.Fatalf("after the reload runs %s", out.Body)
	}
	t.Logf("reload to answer in %s", time.Since(start))
	plan, err := s.Plan(ctx, bundle(two, "hello"), sandbox.Options{})
	if err != nil || plan.Method != "none" {
		t.Fatalf("the reloaded code is deployed, the plan says %s, %v", plan.Method, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = p.open() // and agreed to
	if out := call(t, s, "Invoke", worker.ARN); !strings.HasPrefix(string(out.Body), two.Key) {
		t.Fatalf("after a restart runs %s", out.Body)
	}
	if list, _ := os.ReadDir(s.held.artifactPath("")); len(list) != 1 {
		t.Fatalf("%d zips are kept", len(list))
	}
}

func resource(d sandbox.Deployment, id string) sandbox.Resource {
	i := slices.IndexFunc(d.Resources, func(r sandbox.Resource) bool { return r.LogicalID == id })
	if i < 0 {
		return sandbox.Resource{}
	}
	return d.Resources[i]
}

// A port that another program has taken meanwhile: all that is stored follows, and it is said.
func TestTakenPorts(t *testing.T) {
	ctx := context.Background()
	p := newProject(t)
	s := p.open()
	d := deploy(t, s, bundle(p.zip("one"), "hello"))
	page, queue := address(d, "page"), d.Outputs["Queue"]
	endpoint := s.held.endpoint.Port()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var taken []net.Listener
	for _, a := range []string{strings.TrimPrefix(strings.TrimSuffix(page, "/page"), "http://"), fmt.Sprintf("127.0.0.1:%d", endpoint)} {
		l, err := net.Listen("tcp4", a)
		if err != nil {
			t.Fatal(err)
		}
		taken = append(taken, l)
	}
	s = p.open()
	d, err := s.Deployment(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range taken {
		l.Close()
	}
	moved := address(d, "page")
	if status, body := get(t, moved); moved == page || status != 200 {
		t.Fatalf("%s: %d %s", moved, status, body)
	}
	if now := d.Outputs["Queue"]; now == queue || !strings.HasPrefix(now, s.held.world.Endpoint()) {
		t.Fatalf("the output still is %s", now)
	}
	if got := resource(d, "Page").Attributes["Url"]; got != moved {
		t.Fatalf("the attribute is %s", got)
	}
	if text := logged(t, s, sandbox.LogQuery{}); strings.Count(text, "is taken by another program") != 2 {
		t.Fatalf("not said: %s", text)
	}
	if !s.held.live.Load() {
		t.Fatal("another port is no other content")
	}
}

func logged(t *testing.T, s *Sandbox, q sandbox.LogQuery) string {
	t.Helper()
	var out []string
	if err := s.Logs(context.Background(), q, func(e event.Event) { out = append(out, e.Node+" "+string(e.Level)+" "+e.Data.RequestID+" "+e.Text) }); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, "\n")
}

func TestLogs(t *testing.T) {
	p := newProject(t)
	s := p.open()
	d := deploy(t, s, bundle(p.zip("one"), "hello"))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	followed := make(chan event.Event, 100)
	go func() {
		_ = s.Logs(ctx, sandbox.LogQuery{Node: "worker", Follow: true}, func(e event.Event) { followed <- e })
		close(followed)
	}()
	call(t, s, "Invoke", resource(d, "Worker").ARN)
	var lines []event.Event
	for len(lines) < 2 {
		select {
		case e := <-followed:
			lines = append(lines, e)
		case <-time.After(10 * time.Second):
			t.Fatal("nothing followed")
		}
	}
	if !strings.Contains(lines[0].Text, "on AWS these lines would be lost") || !strings.HasPrefix(lines[1].Text, "ran ") || lines[1].Data.RequestID == "" || lines[1].Type != event.Log {
		t.Fatalf("followed %+v", lines)
	}
	text := logged(t, s, sandbox.LogQuery{Node: "counter"})
	if text != "counter info  started Counter" {
		t.Fatalf("by node: %s", text)
	}
	if text := logged(t, s, sandbox.LogQuery{Filter: "ran "}); !strings.HasPrefix(text, "worker info ") {
		t.Fatalf("by text: %s", text)
	}
	if text := logged(t, s, sandbox.LogQuery{Since: time.Now().Add(time.Hour)}); text != "" {
		t.Fatalf("of the future: %s", text)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range followed { // following ends with the sandbox
	}
	s = p.open()
	if text := logged(t, s, sandbox.LogQuery{Node: "worker"}); !strings.Contains(text, "ran ") {
		t.Fatalf("after a restart: %s", text)
	}
	if s.held != nil {
		t.Fatal("reading the past took hold of the sandbox")
	}
}

// Following alone makes nothing; it sees what is deployed later, and again after it was destroyed.
func TestFollowBeforeAnythingIsDeployed(t *testing.T) {
	p := newProject(t)
	s := p.open()
	ctx, cancel := context.WithCancel(context.Background())
	lines, ended := make(chan string, 100), make(chan error, 1)
	go func() {
		ended <- s.Logs(ctx, sandbox.LogQuery{Node: "counter", Follow: true}, func(e event.Event) { lines <- e.Text })
	}()
	time.Sleep(5 * time.Millisecond)
	if s.exists() {
		t.Fatal("following made the state folder")
	}
	for range 2 {
		deploy(t, s, bundle(p.zip("one"), "hello"))
		if line := <-lines; line != "started Counter" {
			t.Fatal(line)
		}
		if err := s.Destroy(ctx, sandbox.Options{Consent: true}, event.Discard); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func TestCalls(t *testing.T) {
	p := newProject(t)
	s := p.open()
	ctx := context.Background()
	if _, err := s.Call(ctx, ask("Hit", "")); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("a call of nothing: %v", err)
	}
	d := deploy(t, s, bundle(p.zip("one"), "hello"))
	host := strings.TrimSuffix(strings.TrimPrefix(address(d, "page"), "http://"), "/page")
	out, err := s.Call(ctx, kind.Request{Scheme: "http", Host: host, Method: "GET", Path: "/a", Header: map[string]string{"Accept": "*/*"}})
	if err != nil || out.Status != 200 || string(out.Body) != "hello GET /a" || out.Header["Content-Type"] != "text/plain" || out.Duration <= 0 {
		t.Fatalf("a plain call: %+v %v", out, err)
	}
	if out, err = s.Call(ctx, kind.Request{Host: host, Method: "GET", Path: "/panic"}); err != nil || out.Status != 500 {
		t.Fatalf("a panic in an answer: %+v %v", out, err)
	}
	out, err = s.Call(ctx, kind.Request{Host: "api.example.com", Method: "POST", Path: "/", Body: []byte("x")})
	if err != nil || string(out.Body) != "simulated x" {
		t.Fatalf("a simulated host: %+v %v", out, err)
	}
	if _, err = s.Call(ctx, kind.Request{Host: "example.org", Method: "GET", Path: "/"}); fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("a host of the network: %v", err)
	}
	if _, err = s.Call(ctx, kind.Request{Service: "braket", Method: "POST", Path: "/"}); fault.CodeOf(err) != fault.Unsupported {
		t.Fatalf("an unknown service: %v", err)
	}
	if _, err = s.Call(ctx, ask("Panic", "")); fault.CodeOf(err) != fault.Internal {
		t.Fatalf("a panic in a service: %v", err)
	}
}

// L6: what a function is told holds none of the person's own configuration, only the sandbox's.
func TestFunctionEnvironment(t *testing.T) {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL", "HTTPS_PROXY",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_WEB_IDENTITY_TOKEN_FILE"} {
		t.Setenv(name, "canary")
	}
	p := newProject(t)
	s := p.open()
	d := deploy(t, s, bundle(p.zip("one"), "hello"))
	out := call(t, s, "Invoke", resource(d, "Worker").ARN)
	_, text, _ := strings.Cut(string(out.Body), "\n")
	if strings.Contains(text, "canary") {
		t.Fatalf("the person's own: %s", text)
	}
	var env map[string]string
	if err := json.Unmarshal([]byte(text), &env); err != nil {
		t.Fatal(err)
	}
	if env["AWS_ENDPOINT_URL"] != s.held.world.Endpoint() || env["AWS_EC2_METADATA_DISABLED"] != "true" || env["AWS_ACCESS_KEY_ID"] == "" {
		t.Fatalf("the sandbox's: %s", text)
	}
}
