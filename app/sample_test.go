package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"airloom/app"
	"airloom/backend/catalog"
	"airloom/backend/design"
	"airloom/backend/event"
	"airloom/backend/kind"
	"airloom/backend/pack"
	"airloom/backend/sandbox"
	"airloom/backend/sandbox/local"
	"airloom/backend/store"
)

// sdk is where the build puts the AWS SDK for functions.
var sdk = filepath.Join("..", "build", "sdk", "dist")

// newApp wires the application as main does, with folders of its own.
func newApp(t *testing.T) *app.App {
	t.Helper()
	for _, program := range []string{"sh", "node", "python3"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	if _, err := os.Stat(sdk); err != nil {
		t.Skip("the SDK for functions is not built")
	}
	config, cache := t.TempDir(), t.TempDir()
	a := app.New(app.Deps{
		Version: "test", Shelf: catalog.Shelf(), Samples: samples, Now: time.Now, Config: config,
		Projects: projects{store.New(store.Deps{Now: time.Now, NewID: uuid.NewString, Snapshots: t.TempDir(), Log: t.Logf})},
		Packer:   pack.New(pack.Deps{CacheDir: cache, Now: time.Now}).Project,
		Sandboxes: []app.SandboxType{{Type: "local", Open: func(ctx context.Context, p app.Place) (sandbox.Sandbox, error) {
			return local.Open(ctx, local.Deps{Name: p.Name, Stack: p.Stack, Project: p.Folder, Folder: filepath.Join(p.Folder, store.LocalDir, p.Name),
				Config: config, Cache: cache, Command: "airloom test", Shelf: catalog.Shelf(), SDK: os.DirFS(sdk)})
		}}},
	})
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// projects shows the store as the use cases want it.
type projects struct{ *store.Store }

func (p projects) Create(ctx context.Context, path string, d design.Design) (app.Project, error) {
	return p.Store.Create(ctx, path, d)
}

func (p projects) Open(ctx context.Context, path string) (app.Project, error) {
	return p.Store.Open(ctx, path)
}

// sample is a project that was made of a sample.
type sample struct {
	t       *testing.T
	app     *app.App
	session *app.Session
}

func open(t *testing.T, id string) *sample {
	t.Helper()
	a := newApp(t)
	session, err := a.Create(context.Background(), t.TempDir(), id, id)
	if err != nil {
		t.Fatal(err)
	}
	s := &sample{t, a, session}
	preview, err := session.Preview()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range preview.Findings {
		t.Errorf("%s %s: %s: %s", f.Severity, f.Rule, f.Node, f.Message)
	}
	return s
}

func (s *sample) deploy() {
	s.t.Helper()
	ctx := context.Background()
	plan, err := s.session.Plan(ctx, "", sandbox.Options{Trust: true}, event.Discard)
	if err != nil {
		s.t.Fatal(err)
	}
	job, err := s.session.Deploy("", plan.ID, false, true)
	if err == nil {
		err = s.app.Jobs().Wait(job)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// destroy takes the sample down and looks for what is left.
func (s *sample) destroy() {
	s.t.Helper()
	job, err := s.session.Destroy(context.Background(), "")
	if err == nil {
		err = s.app.Jobs().Wait(job)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	if d, err := s.session.Deployment(context.Background(), ""); err != nil || d != nil {
		s.t.Errorf("still deployed: %+v %v", d, err)
	}
	if left, _ := filepath.Glob(filepath.Join(s.session.Folder(), ".airloom", "local", "*")); len(left) > 0 {
		s.t.Errorf("left behind: %v", left)
	}
}

// try does what the sample says, as a shell reads it, and gives the last command's answer.
func (s *sample) try(line string) (answer string) {
	s.t.Helper()
	const commands = `airloom() { printf '%s\0' airloom "$@"; printf '\036'; }; curl() { printf '%s\0' curl "$@"; printf '\036'; }; `
	read, err := exec.Command("sh", "-c", commands+line).Output()
	if err != nil {
		s.t.Fatalf("%s: %v", line, err)
	}
	for command := range strings.SplitSeq(strings.TrimSuffix(string(read), "\036"), "\036") {
		args := strings.Split(strings.TrimSuffix(command, "\x00"), "\x00")
		payload := ""
		if i := slices.Index(args, "-d"); i > 0 {
			payload = args[i+1]
			args = slices.Delete(args, i, i+2)
		}
		switch {
		case args[0] == "curl" && len(args) == 2 && strings.HasPrefix(args[1], "URL/"):
			answer = s.ask("POST", strings.TrimPrefix(args[1], "URL"), payload, "")
			s.answers(answer, "201")
		case args[0] == "airloom" && args[1] == "call" && len(args) == 3:
			answer = s.call(args[2], payload)
		default:
			s.t.Fatalf("nobody would understand %q", command)
		}
	}
	return answer
}

// call sends a payload to a node, which must succeed. As on the command line, @ names a file, and nothing is the kind's sample.
func (s *sample) call(node, payload string) string {
	s.t.Helper()
	n, err := s.session.Node(node)
	if err != nil {
		s.t.Fatal(err)
	}
	if name, ok := strings.CutPrefix(payload, "@"); ok {
		text, err := os.ReadFile(filepath.Join(s.session.Folder(), name))
		if err != nil {
			s.t.Fatal(err)
		}
		payload = string(text)
	}
	if payload == "" {
		spec, _ := s.app.Shelf().Spec(n.Kind)
		payload = spec.Sample
	}
	r, err := s.session.Call(context.Background(), "", node, []byte(payload))
	if err != nil || r.Status >= 300 || r.Error != "" {
		s.t.Fatalf("calling %s: %v %d %s %s\n%s", node, err, r.Status, r.Error, r.Body, s.log(""))
	}
	return string(r.Body)
}

// token is what Auth0 gives somebody.
func (s *sample) token(name string) string {
	s.t.Helper()
	return field(s.t, s.call("auth0", `{"sub":"auth0|`+name+`"}`), "access_token")
}

// ask sends a request to the sample's API, with a token where one is given.
func (s *sample) ask(method, path, body, token string) string {
	s.t.Helper()
	header := http.Header{}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	for _, n := range s.session.Design().Nodes {
		if n.Kind == "aws.httpapi" {
			return s.send(method, strings.TrimSuffix(s.address(string(n.ID)), "/")+path, body, header)
		}
	}
	s.t.Fatal("there is no API")
	return ""
}

// send gives status, headers and body of the answer to a request.
func (s *sample) send(method, address, body string, header http.Header) string {
	s.t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if header != nil {
		r.Header = header
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	var head bytes.Buffer
	_ = answer.Header.Write(&head)
	return answer.Status + " " + strings.ReplaceAll(head.String(), "\r\n", " ") + "\n" + string(text)
}

func (s *sample) deployed() *sandbox.Deployment {
	s.t.Helper()
	d, err := s.session.Deployment(context.Background(), "")
	if err != nil || d == nil {
		s.t.Fatalf("not deployed: %v", err)
	}
	return d
}

func (s *sample) address(node string) string {
	s.t.Helper()
	d := s.deployed()
	for _, u := range d.URLs {
		if u.Node == node {
			return u.URL
		}
	}
	s.t.Fatalf("no address of %s in %v", node, d.URLs)
	return ""
}

func (s *sample) resource(node, typ string) sandbox.Resource {
	s.t.Helper()
	for _, r := range s.deployed().Resources {
		if r.Node == node && r.Type == typ {
			return r
		}
	}
	s.t.Fatalf("%s has no %s", node, typ)
	return sandbox.Resource{}
}

// request speaks to a service as the owner of the account.
func (s *sample) request(r kind.Request) string {
	s.t.Helper()
	sb, err := s.session.Sandbox(context.Background(), "")
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := sb.Call(context.Background(), r)
	if err != nil || out.Status != http.StatusOK {
		s.t.Fatalf("%s %s: %d %s %v", r.Service, r.Path, out.Status, out.Body, err)
	}
	return string(out.Body)
}

func (s *sample) object(node, key string) string {
	s.t.Helper()
	bucket := s.resource(node, "AWS::S3::Bucket").PhysicalID
	return s.request(kind.Request{Service: "s3", Method: "GET", Path: (&url.URL{Path: "/" + bucket + "/" + key}).EscapedPath(), Header: map[string]string{}})
}

// receive takes what waits in a queue.
func (s *sample) receive(node string) string {
	s.t.Helper()
	ask, _ := json.Marshal(map[string]any{"QueueUrl": s.resource(node, "AWS::SQS::Queue").PhysicalID, "WaitTimeSeconds": 5})
	return s.request(kind.Request{Service: "sqs", Method: "POST", Path: "/", Body: ask,
		Header: map[string]string{"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.ReceiveMessage"}})
}

func (s *sample) log(node string) string {
	s.t.Helper()
	var out strings.Builder
	if err := s.session.Logs(context.Background(), "", sandbox.LogQuery{Node: node}, func(e event.Event) { out.WriteString(e.Node + " " + e.Text + "\n") }); err != nil {
		s.t.Fatal(err)
	}
	return out.String()
}

func (s *sample) logs(node, text string) {
	s.t.Helper()
	s.until(node+" logs "+text, func() bool { return strings.Contains(s.log(node), text) })
}

// until waits for a condition. The deadline only ends what would never come.
func (s *sample) until(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(50 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("never: %s\n%s", what, s.log(""))
		}
	}
}

// answers wants an answer with a status.
func (s *sample) answers(got, status string, texts ...string) {
	s.t.Helper()
	if !strings.HasPrefix(got, status+" ") {
		s.t.Errorf("wanted %s, got %s", status, got)
	}
	s.wants(got, texts...)
}

func (s *sample) wants(got string, texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(got, text) {
			s.t.Errorf("%q is missing in %s", text, got)
		}
	}
}

// field is a text of a JSON object, which may follow the head of an answer.
func field(t *testing.T, answer, name string) string {
	t.Helper()
	if i := strings.LastIndex(answer, "\n{"); i >= 0 {
		answer = answer[i:]
	}
	var m map[string]any
	_ = json.Unmarshal([]byte(answer), &m)
	text, _ := m[name].(string)
	if text == "" {
		t.Fatalf("no %s in %s", name, answer)
	}
	return text
}
