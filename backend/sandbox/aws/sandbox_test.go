package aws

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

const canary = "CANARYSECRETKEY"

// place is one machine: a folder and an AWS configuration. Opening twice is two processes, one after the other.
type machine struct {
	t      *testing.T
	cloud  *cloud
	folder string
	ids    *atomic.Int64
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{t: t, cloud: newCloud(t), folder: t.TempDir(), ids: new(atomic.Int64)}
	config := filepath.Join(m.folder, "aws-config")
	text := "[profile me]\nregion = eu-central-1\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = " + canary + "\n[profile other]\nregion = us-west-2\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = " + canary + "\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", config)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(m.folder, "none"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	return m
}

func (m *machine) open(profile string) *Sandbox {
	m.t.Helper()
	s, err := Open(m.t.Context(), Deps{Name: "dev", Project: "project-1", Stack: "shop-dev", Folder: m.folder,
		Config: map[string]string{"profile": profile, "endpoint": m.cloud.URL}, Now: m.cloud.Now, After: m.cloud.After,
		NewID: func() string { return fmt.Sprintf("id-%d", m.ids.Add(1)) }, Jitter: func() float64 { return 0.5 }})
	if err != nil {
		m.t.Fatal(err)
	}
	return s
}

// bundle is a template of that many queues, and a function whose zip is uploaded.
func (m *machine) bundle(queues int, property string) generate.Bundle {
	m.t.Helper()
	zip := filepath.Join(m.folder, "code.zip")
	if err := os.WriteFile(zip, []byte("zip"), 0o600); err != nil {
		m.t.Fatal(err)
	}
	t := cfn.Template{Resources: map[string]cfn.Resource{}, Outputs: map[string]cfn.Output{"ApiUrl": {Description: "Address", Value: cfn.Ref("Q0")}},
		Parameters: map[string]cfn.Parameter{kind.ArtifactBucket: {Type: "String"}}}
	trace := map[string]design.ID{"ApiUrl": "q0"}
	names := map[string]any{"ApiUrl": "q0"}
	for i := range queues {
		logical := fmt.Sprintf("Q%d", i)
		t.Resources[logical] = cfn.Resource{Type: "AWS::SQS::Queue", Properties: map[string]any{"Note": property}}
		trace[logical] = design.ID(strings.ToLower(logical))
		names[logical] = strings.ToLower(logical)
	}
	t.Resources["Q0Logs"] = cfn.Resource{Type: "AWS::Logs::LogGroup", Properties: map[string]any{}}
	trace["Q0Logs"], names["Q0Logs"] = "q0", "q0"
	t.Metadata = map[string]any{"Airloom": map[string]any{"Trace": names}}
	return generate.Bundle{Template: t, Body: cfn.PrintJSON(t), Trace: trace, Digest: fmt.Sprintf("digest-%d-%s", queues, property),
		Artifacts: []generate.Artifact{{Node: "q0", Key: "abc.zip", Path: zip}}}
}

// recorder is a sink that keeps.
type recorder struct {
	mu  sync.Mutex
	all []event.Event
}

func (r *recorder) sink(e event.Event) { r.mu.Lock(); defer r.mu.Unlock(); r.all = append(r.all, e) }

func (m *machine) deploy(s *Sandbox, b generate.Bundle) (sandbox.Deployment, *recorder, error) {
	r := &recorder{}
	if err := s.Resume(m.t.Context(), r.sink); err != nil {
		return sandbox.Deployment{}, r, err
	}
	p, err := s.Plan(m.t.Context(), b, sandbox.Options{Consent: true})
	if err != nil {
		return sandbox.Deployment{}, r, err
	}
	d, err := s.Apply(m.t.Context(), p, r.sink)
	return d, r, err
}

func TestDeployChangeAndTakeDown(t *testing.T) {
	m := newMachine(t)
	s := m.open("me")
	id, err := s.Describe(t.Context())
	if err != nil || id.Account != "111122223333" || id.Region != "eu-central-1" || id.Caller != "arn:aws:iam::111122223333:user/me" {
		t.Fatalf("identity %+v, %v", id, err)
	}
	if _, err := s.Deployment(t.Context()); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("nothing deployed: %v", err)
	}
	p, err := s.Plan(t.Context(), m.bundle(2, "a"), sandbox.Options{})
	if err != nil || p.Method != "create" || len(p.Changes) != 3 || p.Changes[0].Action != sandbox.Add || p.Changes[0].Node != "q0" {
		t.Fatalf("plan %+v, %v", p, err)
	}
	r := &recorder{}
	d, err := s.Apply(t.Context(), p, r.sink)
	if err != nil || d.Status != "CREATE_COMPLETE" || d.Outputs["ApiUrl"] != "https://out.example/ApiUrl" || len(d.URLs) != 1 || d.URLs[0].Node != "q0" {
		t.Fatalf("deployment %+v, %v", d, err)
	}
	if i := slices.IndexFunc(r.all, func(e event.Event) bool {
		return e.Type == event.Resource && e.Node == "q1" && e.Data.Status == "CREATE_COMPLETE"
	}); i < 0 {
		t.Fatalf("no event says that q1 is complete: %+v", r.all)
	}
	if p, err = s.Plan(t.Context(), m.bundle(2, "a"), sandbox.Options{}); err != nil || p.Method != "none" || !p.Applyable { // D5
		t.Fatalf("unchanged: %+v, %v", p, err)
	}
	if d, err := s.Apply(t.Context(), p, r.sink); err != nil || d.Status != "CREATE_COMPLETE" || m.cloud.made("ExecuteChangeSet") != 1 {
		t.Fatalf("applying nothing: %+v, %v", d, err)
	}
	p, err = s.Plan(t.Context(), m.bundle(1, "b"), sandbox.Options{})
	if err != nil || len(p.Destructive()) != 1 || p.Destructive()[0].LogicalID != "Q1" {
		t.Fatalf("removing a queue: %+v, %v", p.Changes, err)
	}
	if _, err := s.Apply(t.Context(), p, r.sink); fault.CodeOf(err) != fault.Denied || m.cloud.made("ExecuteChangeSet") != 1 {
		t.Fatalf("without consent: %v", err)
	}
	p.Options.Consent = true
	if d, err = s.Apply(t.Context(), p, r.sink); err != nil || d.Status != "UPDATE_COMPLETE" || len(d.Resources) != 2 {
		t.Fatalf("update: %+v, %v", d, err)
	}
	res, err := s.Call(t.Context(), kind.Request{Service: "lambda", Method: http.MethodPost, Path: "/2015-03-31/functions/f/invocations", Body: []byte(`1`)})
	if err != nil || string(res.Body) != `{"got":1}` || res.LogTail != "hello" {
		t.Fatalf("call: %+v, %v", res, err)
	}
	m.cloud.lines = []string{"one", "two"}
	r = &recorder{}
	if err := s.Logs(t.Context(), sandbox.LogQuery{Node: "q0"}, r.sink); err != nil || len(r.all) != 2 || r.all[1].Text != "two" || r.all[1].Node != "q0" {
		t.Fatalf("logs: %+v, %v", r.all, err)
	}
	m.cloud.mu.Lock()
	if n := len(m.cloud.buckets); n != 1 {
		t.Fatalf("%d buckets", n)
	}
	m.cloud.mu.Unlock()
	if err := s.Destroy(t.Context(), sandbox.Options{}, r.sink); fault.CodeOf(err) != fault.Denied {
		t.Fatalf("destroy without consent: %v", err)
	}
	if err := s.Destroy(t.Context(), sandbox.Options{Consent: true}, r.sink); err != nil {
		t.Fatal(err)
	}
	m.nothingLeft()
	if err := s.Destroy(t.Context(), sandbox.Options{Consent: true}, r.sink); err != nil {
		t.Fatalf("destroying nothing: %v", err)
	}
}

func (m *machine) nothingLeft() {
	m.t.Helper()
	m.cloud.mu.Lock()
	defer m.cloud.mu.Unlock()
	for _, s := range m.cloud.stacks {
		if st := m.cloud.statusOf(s); st != "DELETE_COMPLETE" {
			m.t.Errorf("the stack is %s", st)
		}
	}
	if len(m.cloud.buckets) > 0 {
		m.t.Errorf("%d buckets are left", len(m.cloud.buckets))
	}
	if _, err := os.Stat(filepath.Join(m.folder, ".airloom", "aws", "dev.json")); err == nil {
		m.t.Error("the memory of the sandbox is left")
	}
}

// TestAFailedCreationSaysWhyAndCanBeRepeated is D1.
func TestAFailedCreationSaysWhyAndCanBeRepeated(t *testing.T) {
	for name, fails := range map[string]map[string]string{
		"a resource":       {"Q1": "Queue name is taken"},
		"two resources":    {"Q1": "Queue name is taken", "Q2": "something else"},
		"and the rollback": {"Q1": "Queue name is taken", "rollback": "it is stuck"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			m.cloud.fails = fails
			_, _, err := m.deploy(m.open("me"), m.bundle(4, "a"))
			if f := fault.As(err); err == nil || !strings.Contains(f.Message, "Q1: Queue name is taken") || f.Where != "q1" {
				t.Fatalf("the first cause is not told: %v", err)
			}
			m.cloud.mu.Lock()
			m.cloud.fails = map[string]string{}
			m.cloud.mu.Unlock()
			s := m.open("me")
			p, err := s.Plan(t.Context(), m.bundle(4, "a"), sandbox.Options{})
			if err != nil || len(p.Notes) != 1 || p.Method != "create" {
				t.Fatalf("plan after a failure: %+v, %v", p, err)
			}
			d, err := s.Apply(t.Context(), p, event.Discard)
			if err != nil || d.Status != "CREATE_COMPLETE" {
				t.Fatalf("again: %+v, %v", d, err)
			}
		})
	}
}

func TestAFailedUpdateIsRolledBackAndSaysWhy(t *testing.T) {
	m := newMachine(t)
	s := m.open("me")
	if _, _, err := m.deploy(s, m.bundle(2, "a")); err != nil {
		t.Fatal(err)
	}
	m.cloud.fails = map[string]string{"Q0": "no"}
	_, _, err := m.deploy(s, m.bundle(2, "b"))
	if err == nil || !strings.Contains(err.Error(), "UPDATE_ROLLBACK_COMPLETE") || !strings.Contains(err.Error(), "Q0: no") {
		t.Fatalf("failed update: %v", err)
	}
	if d, err := s.Deployment(t.Context()); err != nil || d.Bundle != "digest-2-a" {
		t.Fatalf("deployed is %s, %v", d.Bundle, err)
	}
}

// TestThrottlingNeitherMisjudgesNorPresses is D8: a third of all calls throttled, then all of them for a minute.
func TestThrottlingNeitherMisjudgesNorPresses(t *testing.T) {
	m := newMachine(t)
	random := rand.New(rand.NewPCG(8, 1))
	var mu sync.Mutex
	began := m.cloud.Now()
	m.cloud.before = func(string) *answer {
		mu.Lock()
		defer mu.Unlock()
		since := m.cloud.Now().Sub(began)
		if random.IntN(10) < 3 || since > 10*time.Second && since < 70*time.Second {
			return &answer{400, "Throttling"}
		}
		return nil
	}
	d, _, err := m.deploy(m.open("me"), m.bundle(20, "a"))
	if err != nil || d.Status != "CREATE_COMPLETE" {
		t.Fatalf("%+v, %v", d, err)
	}
	calls, seconds := len(m.cloud.calls), m.cloud.Now().Sub(began).Seconds()
	if float64(calls) > seconds {
		t.Fatalf("%d calls in %.0f s", calls, seconds)
	}
	if n := m.cloud.made("ExecuteChangeSet"); n > 3 {
		t.Fatalf("%d executions were asked for", n)
	}
}

// TestStaleDoubledAndDisorderedAnswersGiveTheRightVerdict is D9.
func TestStaleDoubledAndDisorderedAnswersGiveTheRightVerdict(t *testing.T) {
	schedules := 200
	if os.Getenv("AIRLOOM_SOAK") != "" {
		schedules = 1000
	}
	var m *machine
	var s *Sandbox
	for i := range schedules {
		if i%10 == 0 { // a stack's events add up
			m = newMachine(t)
			s = m.open("me")
		}
		random := rand.New(rand.NewPCG(9, uint64(i)))
		m.cloud.mu.Lock()
		m.cloud.disorder = random
		m.cloud.fails = map[string]string{}
		wrong := random.IntN(2) == 0
		if wrong {
			m.cloud.fails = map[string]string{"Q0": "no"}
		}
		m.cloud.mu.Unlock()
		_, _, err := m.deploy(s, m.bundle(1, fmt.Sprint(i)))
		if (err != nil) != wrong {
			t.Fatalf("schedule %d: failing %v, verdict %v", i, wrong, err)
		}
	}
}

// TestALostAnswerNeverBecomesASecondOperation is D10: each mutating call is accepted, and its answer lost, once and twice.
func TestALostAnswerNeverBecomesASecondOperation(t *testing.T) {
	for _, action := range []string{"CreateChangeSet", "ExecuteChangeSet", "DeleteStack", "PUT bucket", "PUT object"} {
		for _, times := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s %d", action, times), func(t *testing.T) {
				m := newMachine(t)
				left := atomic.Int64{}
				left.Store(int64(times))
				m.cloud.after = func(call string) {
					if strings.HasSuffix(call, " "+action) && left.Add(-1) >= 0 {
						panic(http.ErrAbortHandler)
					}
				}
				s := m.open("me")
				if d, _, err := m.deploy(s, m.bundle(2, "a")); err != nil || d.Status != "CREATE_COMPLETE" {
					t.Fatalf("%+v, %v", d, err)
				}
				if n := m.starts("CREATE_IN_PROGRESS"); n != 1 {
					t.Fatalf("%d creations", n)
				}
				if err := s.Destroy(t.Context(), sandbox.Options{Consent: true}, event.Discard); err != nil {
					t.Fatal(err)
				}
				if n := m.starts("DELETE_IN_PROGRESS"); n != 1 {
					t.Fatalf("%d deletions", n)
				}
				m.nothingLeft()
			})
		}
	}
}

// starts counts operations: how often a stack began something.
func (m *machine) starts(status string) int {
	m.cloud.mu.Lock()
	defer m.cloud.mu.Unlock()
	n := 0
	for _, s := range m.cloud.stacks {
		for _, e := range s.events {
			if e.isStack && e.status == status {
				n++
			}
		}
	}
	return n
}

// TestAKilledDeploymentIsFoundAgain is D12: the process dies before or after each of its calls, and the next one finishes the
// work without doing anything twice.
func TestAKilledDeploymentIsFoundAgain(t *testing.T) {
	whole := newMachine(t)
	if _, _, err := whole.deploy(whole.open("me"), whole.bundle(2, "a")); err != nil {
		t.Fatal(err)
	}
	calls := len(whole.cloud.calls)
	if calls < 12 {
		t.Fatalf("a deployment has %d calls, fewer than the phases to be tried", calls)
	}
	for at := 1; at <= calls; at++ {
		for _, when := range []string{"before", "after"} {
			t.Run(fmt.Sprintf("%s call %d", when, at), func(t *testing.T) {
				m := newMachine(t)
				dead := make(chan struct{})
				released := make(chan struct{})
				var n atomic.Int64
				kill := func() {
					if n.Add(1) == int64(at) {
						close(dead)
						<-released // the process is gone: it never learns what became of the call
						panic(http.ErrAbortHandler)
					}
				}
				if when == "before" {
					m.cloud.before = func(string) *answer { kill(); return nil }
				} else {
					m.cloud.after = func(string) { kill() }
				}
				ctx, cancel := context.WithCancel(context.Background())
				first := m.open("me")
				gone := make(chan struct{})
				go func() {
					defer close(gone)
					p, err := first.Plan(ctx, m.bundle(2, "a"), sandbox.Options{})
					if err == nil {
						_, _ = first.Apply(ctx, p, event.Discard) // killed
					}
				}()
				select {
				case <-dead:
				case <-gone:
				}
				m.cloud.mu.Lock()
				m.cloud.before, m.cloud.after = nil, nil
				m.cloud.mu.Unlock()
				d, _, err := m.deploy(m.open("me"), m.bundle(2, "a"))
				if err != nil || d.Status != "CREATE_COMPLETE" {
					t.Errorf("%+v, %v", d, err)
				}
				if n := m.starts("CREATE_IN_PROGRESS"); n != 1 {
					t.Errorf("%d creations", n)
				}
				// The dead process is let go with all its later calls refused.
				m.cloud.mu.Lock()
				m.cloud.before = func(string) *answer { return &answer{403, "ExpiredToken"} }
				m.cloud.mu.Unlock()
				close(released)
				cancel()
				<-gone
			})
		}
	}
}

func TestStoppingACreationDeletesAndStoppingAnUpdateRollsBack(t *testing.T) {
	for _, update := range []bool{false, true} {
		m := newMachine(t)
		s := m.open("me")
		want := "DELETE_COMPLETE"
		if update {
			want = "UPDATE_ROLLBACK_COMPLETE"
			if _, _, err := m.deploy(s, m.bundle(3, "a")); err != nil {
				t.Fatal(err)
			}
		}
		p, err := s.Plan(t.Context(), m.bundle(3, "b"), sandbox.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		_, err = s.Apply(ctx, p, func(e event.Event) {
			if e.Type == event.Resource {
				cancel()
			}
		})
		if fault.CodeOf(err) != fault.Canceled || !strings.Contains(err.Error(), want) {
			t.Fatalf("update %v: %v", update, err)
		}
		if d, _, err := m.deploy(s, m.bundle(3, "b")); err != nil || !strings.HasSuffix(d.Status, "E_COMPLETE") {
			t.Fatalf("after stopping: %+v, %v", d, err)
		}
		cancel()
	}
}

// TestAnotherPlaceIsRefusedBeforeAnythingChanges is D16.
func TestAnotherPlaceIsRefusedBeforeAnythingChanges(t *testing.T) {
	for name, change := range map[string]func(*machine) string{
		"account":   func(m *machine) string { m.cloud.account = "999900001111"; return "me" },
		"partition": func(m *machine) string { m.cloud.part = "aws-cn"; return "me" },
		"region":    func(*machine) string { return "other" },
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			s := m.open("me")
			if _, _, err := m.deploy(s, m.bundle(1, "a")); err != nil {
				t.Fatal(err)
			}
			p, err := s.Plan(t.Context(), m.bundle(1, "b"), sandbox.Options{})
			if err != nil {
				t.Fatal(err)
			}
			profile := change(m)
			m.cloud.mu.Lock()
			m.cloud.calls = nil
			m.cloud.mu.Unlock()
			other := m.open(profile)
			if _, err := other.Plan(t.Context(), m.bundle(1, "b"), sandbox.Options{}); fault.CodeOf(err) != fault.Denied {
				t.Errorf("plan: %v", err)
			}
			if _, err := other.Apply(t.Context(), p, event.Discard); fault.CodeOf(err) != fault.Denied {
				t.Errorf("apply: %v", err)
			}
			if err := other.Destroy(t.Context(), sandbox.Options{Consent: true}, event.Discard); fault.CodeOf(err) != fault.Denied {
				t.Errorf("destroy: %v", err)
			}
			for _, call := range m.cloud.calls {
				if call != "sts GetCallerIdentity" {
					t.Errorf("it called %s", call)
				}
			}
		})
	}
}

func TestAStackOfSomebodyElsesIsNeverTouched(t *testing.T) {
	m := newMachine(t)
	m.cloud.stacks = []*stack{{id: "arn:aws:cloudformation:x:1:stack/shop-dev/9", name: "shop-dev", tags: map[string]string{"airloom:project": "another"}, tokens: map[string]bool{}, made: m.cloud.now}}
	m.cloud.append(m.cloud.stacks[0], stackEvent{isStack: true, status: "CREATE_COMPLETE"}, 0)
	s := m.open("me")
	if _, err := s.Plan(t.Context(), m.bundle(1, "a"), sandbox.Options{}); fault.CodeOf(err) != fault.Denied {
		t.Fatalf("plan: %v", err)
	}
	if err := s.Destroy(t.Context(), sandbox.Options{Consent: true}, event.Discard); fault.CodeOf(err) != fault.Denied {
		t.Fatalf("destroy: %v", err)
	}
	if m.cloud.made("DeleteStack")+m.cloud.made("CreateChangeSet") != 0 {
		t.Fatal("it was touched")
	}
}

func TestABucketThatIsNotEmptyIsEmptiedAndNoOther(t *testing.T) {
	m := newMachine(t)
	s := m.open("me")
	b := m.bundle(1, "a")
	b.Template.Resources["Files"] = cfn.Resource{Type: "AWS::S3::Bucket", Properties: map[string]any{}}
	b.Body = cfn.PrintJSON(b.Template)
	if _, _, err := m.deploy(s, b); err != nil {
		t.Fatal(err)
	}
	objects := map[string][]byte{}
	for i := range 2500 {
		objects[fmt.Sprintf("o%d", i)] = nil
	}
	m.cloud.buckets["phys-Files"], m.cloud.buckets["foreign"] = objects, map[string][]byte{"x": nil}
	m.cloud.stuck["Files"] = true
	if err := s.Destroy(t.Context(), sandbox.Options{Consent: true}, event.Discard); err != nil {
		t.Fatal(err)
	}
	if len(m.cloud.buckets["phys-Files"]) != 0 || len(m.cloud.buckets["foreign"]) != 1 {
		t.Fatal("the wrong bucket was emptied")
	}
}

func TestExpiredCredentialsAskForASignInAndTheWorkIsFoundAgain(t *testing.T) {
	m := newMachine(t)
	s := m.open("me")
	p, err := s.Plan(t.Context(), m.bundle(2, "a"), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var gone atomic.Bool
	m.cloud.before = func(call string) *answer {
		if gone.Load() {
			return &answer{403, "ExpiredToken"}
		}
		if strings.HasSuffix(call, "DescribeStackEvents") {
			gone.Store(true)
		}
		return nil
	}
	if _, err := s.Apply(t.Context(), p, event.Discard); fault.CodeOf(err) != fault.Denied || !strings.Contains(fault.As(err).Hint, "sign in") {
		t.Fatalf("expired: %v", err)
	}
	gone.Store(false)
	m.cloud.before = nil
	if d, _, err := m.deploy(m.open("me"), m.bundle(2, "a")); err != nil || d.Status != "CREATE_COMPLETE" || m.starts("CREATE_IN_PROGRESS") != 1 {
		t.Fatalf("after signing in: %+v, %v", d, err)
	}
}

func TestCredentialsAreKeptNowhere(t *testing.T) {
	m := newMachine(t)
	if _, _, err := m.deploy(m.open("me"), m.bundle(1, "a")); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(filepath.Join(m.folder, ".airloom"), func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(p)
		if strings.Contains(string(text), canary) || strings.Contains(string(text), "AKIDEXAMPLE") {
			t.Errorf("%s holds a credential", p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAMissingProfileOrRegionIsSaid(t *testing.T) {
	m := newMachine(t)
	deps := Deps{Name: "dev", Folder: m.folder, Config: map[string]string{"profile": "nobody"}}
	if _, err := Open(t.Context(), deps); fault.CodeOf(err) != fault.NotFound || !strings.Contains(err.Error(), "nobody") {
		t.Fatalf("profile: %v", err)
	}
	deps.Config = map[string]string{}
	if _, err := Open(t.Context(), deps); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "region") {
		t.Fatalf("region: %v", err)
	}
}

func TestALargeTemplateGoesThroughTheBucket(t *testing.T) {
	m := newMachine(t)
	if d, _, err := m.deploy(m.open("me"), m.bundle(3, strings.Repeat("x", 30_000))); err != nil || d.Status != "CREATE_COMPLETE" || len(d.Resources) != 4 {
		t.Fatalf("%+v, %v", d, err)
	}
}
