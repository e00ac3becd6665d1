package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
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

// samples is where the binary's samples come from.
var samples = os.DirFS(filepath.Join("..", "assets", "samples"))

// outcomes says for each sample what must come of the thing to try, whose answer it gets, and how the rest of it behaves.
var outcomes = map[string]func(*sample, string){
	"orders": func(s *sample, answer string) {
		id := field(s.t, answer, "id")
		s.until("the worker confirms the order", func() bool { return strings.Contains(s.ask("GET", "/orders/"+id, "", ""), "confirmed") })
		s.wants(s.ask("GET", "/orders", "", ""), "401")
		s.wants(s.ask("GET", "/orders", "", s.token("ada")), "200", id)
	},
	"rest-crud": func(s *sample, answer string) {
		path := "/tasks/" + field(s.t, answer, "id")
		s.wants(s.ask("GET", path, "", ""), "200", "water the plants", `"done":false`)
		s.wants(s.ask("PUT", path, `{"done":true,"id":"mine"}`, ""), "200", "water the plants", `"done":true`, path[len("/tasks/"):])
		s.wants(s.ask("GET", "/tasks", "", ""), "200", "water the plants")
		s.wants(s.ask("DELETE", path, "", ""), "204")
		s.wants(s.ask("GET", path, "", ""), "404")
		s.wants(s.ask("PUT", path, `{"done":false}`, ""), "404")
		s.wants(s.ask("POST", "/tasks", `{"title":" "}`, ""), "400")
	},
	"image-pipeline": func(s *sample, _ string) {
		s.logs("announce", "sunset.png is ready: 320×180")
		s.wants(s.call("images", `{"operation":"Scan"}`), `"sunset.png"`, `"320"`)
		small, err := png.DecodeConfig(strings.NewReader(s.object("thumbnails", "sunset.png")))
		if err != nil || small.Width != 128 || small.Height != 72 {
			s.t.Errorf("the thumbnail: %+v %v", small, err)
		}
	},
	"stripe-webhook": func(s *sample, _ string) {
		s.logs("fulfil-order", "pi_test paid with $20.00")
		s.call("stripe", `{"type":"payment_intent.succeeded"}`)
		s.logs("receive-event", "known already evt_test")
		if n := strings.Count(s.log("fulfil-order"), "pi_test"); n != 1 {
			s.t.Errorf("the order is fulfilled %d times", n)
		}
		forged := http.Header{"Stripe-Signature": {"t=1,v1=00"}}
		s.wants(s.send("POST", s.deployed().Outputs["StripeWebhookUrl"], `{"id":"evt_forged"}`, forged), "400")
	},
	"scheduled-report": func(s *sample, answer string) {
		s.wants(answer, `"total":4`)
		s.wants(s.object("reports", "sales/2026-01-31.csv"), `"tea",1,4.00`)
		s.until("the report is told", func() bool { return strings.Contains(s.receive("report-inbox"), "sales/2026-01-31.csv") })
	},
	"fan-out": func(s *sample, _ string) {
		s.logs("bill-order", "order A-17: 42.00")
		s.logs("count-points", "A-17 earns 4 points")
		s.logs("ship-order", "cannot ship")
		s.call("order-placed", `{"id":"B-1","total":10,"gift":true,"weight":3}`)
		s.call("order-placed", `{"id":"B-2","total":20,"gift":false}`)
		s.logs("ship-order", "ship order B-1 as a parcel")
		s.logs("bill-order", "order B-2")
		s.logs("count-points", "B-2")
		if strings.Contains(s.log("bill-order"), "B-1") || strings.Contains(s.log("ship-order"), "B-2") {
			s.t.Error("a filter let through what it should not")
		}
		s.until("the order that cannot be shipped is set aside", func() bool { return strings.Contains(s.receive("failed-parcels"), "A-17") })
	},
	"spa-login": func(s *sample, answer string) {
		ada := field(s.t, answer, "access_token")
		page := strings.TrimSuffix(s.address("web"), "/")
		s.wants(s.send("GET", page+"/", "", nil), "200", "<title>Diary</title>")
		var config struct {
			DiaryAPI struct{ APIURL string }
			Auth0    struct{ Domain, ClientID, Audience string }
		}
		_, text, _ := strings.Cut(s.send("GET", page+"/config.json", "", nil), "\n")
		if err := json.Unmarshal([]byte(text), &config); err != nil || config.DiaryAPI.APIURL != strings.TrimSuffix(s.address("diary-api"), "/") || config.Auth0.Domain == "" {
			s.t.Errorf("config.json: %s %v", text, err)
		}
		asked := http.Header{"Origin": {page}, "Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"authorization,content-type"}}
		s.wants(s.send("OPTIONS", config.DiaryAPI.APIURL+"/entries", "", asked), "Access-Control-Allow-Origin: "+page)
		s.wants(s.ask("POST", "/entries", `{"text":"a good day"}`, ada), "201")
		s.wants(s.ask("GET", "/entries", "", ada), "200", "a good day")
		s.wants(s.ask("GET", "/entries", "", s.token("bob")), "200", `{"entries":[]}`)
		s.wants(s.ask("GET", "/entries", "", ""), "401")
	},
	"events": func(s *sample, answer string) {
		id := field(s.t, answer, "id")
		s.logs("thank-customer", "thank you for the piano: order "+id)
		s.logs("keep-journal", id)
		s.until("the review gets its text", func() bool { return strings.Contains(s.receive("review"), "call before shipping") })
		small := field(s.t, s.call("place-order", `{"item":"tea","total":4}`), "id")
		s.logs("keep-journal", small)
		if strings.Contains(s.log("thank-customer"), small) {
			s.t.Error("the rule took a small order")
		}
	},
}

// Every sample is sound, deploys as it is, does what it says, and leaves nothing behind.
func TestSamples(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts processes")
	}
	list, err := newApp(t).Samples()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(outcomes) {
		t.Errorf("%d samples, %d outcomes", len(list), len(outcomes))
	}
	for _, about := range list {
		t.Run(about.ID, func(t *testing.T) {
			t.Parallel()
			outcome := outcomes[about.ID]
			if outcome == nil || about.Title == "" || about.Summary == "" || about.Try == "" {
				t.Fatalf("not told, or not tried: %+v", about)
			}
			s := open(t, about.ID)
			s.deploy()
			outcome(s, s.try(about.Try))
			s.destroy()
		})
	}
}

// The drawings are stored as Airloom stores them, so that the first save of a project changes nothing but what was drawn,
// and are small enough to be read beside open panels.
func TestSampleDrawings(t *testing.T) {
	const widest, highest = 1160, 640
	for id := range outcomes {
		text, err := os.ReadFile(filepath.Join("..", "assets", "samples", id, "sample.design.json"))
		if err != nil {
			t.Fatal(err)
		}
		d, err := design.Unmarshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := design.Marshal(d); err != nil || !bytes.Equal(text, again) {
			t.Errorf("%s is not in its canonical form (%v):\n%s", id, err, again)
		}
		for _, n := range d.Nodes {
			if n.X < 0 || n.Y < 0 || n.X+max(n.W, 200) > widest || n.Y+max(n.H, 64) > highest || int(n.X)%8 != 0 || int(n.Y)%8 != 0 {
				t.Errorf("%s: %s lies at %g, %g", id, n.ID, n.X, n.Y)
			}
		}
	}
}

// What the samples generate has no finding of cfn-lint, not even a warning.
func TestSampleTemplatesLint(t *testing.T) {
	lint, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("cfn-lint is not installed")
	}
	t.Parallel()
	folder := t.TempDir()
	args := []string{}
	for id := range outcomes {
		view, err := open(t, id).session.Template("json")
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(folder, id+".json")
		if err := os.WriteFile(name, []byte(view.Body), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	if out, err := exec.Command(lint, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

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
			s.wants(answer, "201")
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
