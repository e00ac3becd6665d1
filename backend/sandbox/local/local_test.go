package local

import (
	"context"
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
