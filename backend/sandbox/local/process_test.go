package local

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
	"airloom/backend/sandbox/local/functions"
)

// TestMain lets this test's program be the other process: it deploys, says so, and waits.
func TestMain(m *testing.M) {
	if os.Getenv("AIRLOOM_TEST_HOLD") != "" {
		holdOn()
	}
	os.Exit(m.Run())
}

func holdOn() {
	p := &project{folder: os.Getenv("AIRLOOM_TEST_HOLD"), config: os.Getenv("AIRLOOM_TEST_CONFIG")}
	fail := func(err error) {
		if err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
	}
	s, err := Open(context.Background(), Deps{Name: "local", Stack: "shop", Project: p.folder, Folder: filepath.Join(p.folder, ".airloom", "local"), Config: p.config, Command: "airloom run",
		Shelf: kind.Shelf{fakeKind{}},
		Functions: func(d functions.Deps) Functions {
			return &fakeFunctions{deps: d, specs: map[string]kind.FunctionSpec{}}
		}})
	fail(err)
	key := os.Getenv("AIRLOOM_TEST_KEY")
	a := (&project{}).existing(key)
	_, err = tryDeploy(s, bundle(a, "hello"), sandbox.Options{Trust: true})
	fail(err)
	fmt.Println("ready")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	fail(s.Close())
	os.Exit(0)
}

// holder starts the other process, and gives a way to end it.
func (p *project) holder() *exec.Cmd {
	p.t.Helper()
	a := p.zip("one")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "AIRLOOM_TEST_HOLD="+p.folder, "AIRLOOM_TEST_CONFIG="+p.config, "AIRLOOM_TEST_KEY="+a.Path)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		in.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, _ := bufio.NewReader(out).ReadString('\n')
	if line != "ready\n" {
		p.t.Fatalf("the other process says %q", line)
	}
	return cmd
}

// One process holds the sandbox; another calls, reads and follows through it, and changes nothing.
func TestTwoProcesses(t *testing.T) {
	ctx := context.Background()
	p := newProject(t)
	cmd := p.holder()
	s := p.open()
	d, err := s.Deployment(ctx)
	if err != nil || d.Status != "CREATE_COMPLETE" || len(d.URLs) != 1 || d.Sandbox.Endpoint == "" {
		t.Fatalf("%+v %v", d, err)
	}
	if out := call(t, s, "Hit", "x"); !strings.Contains(string(out.Body), `"count":1`) || out.Duration <= 0 {
		t.Fatalf("a call through the other: %s", out.Body)
	}
	if out := call(t, s, "Invoke", resource(d, "Worker").ARN); out.Status != 200 {
		t.Fatalf("%d %s", out.Status, out.Body)
	}
	signed := ask("Hit", "plain")
	signed.Sign = func(secret string, _ time.Time, r *kind.Request) { r.Body = []byte("signed with " + secret) }
	if _, err := s.Call(ctx, signed); fault.CodeOf(err) != fault.Unsupported { // this shelf has no secrets
		t.Fatalf("a signed call without a secret service: %v", err)
	}
	if text := logged(t, s, sandbox.LogQuery{Node: "worker"}); !strings.Contains(text, "ran ") {
		t.Fatalf("the past: %s", text)
	}
	follow, stop := context.WithCancel(ctx)
	lines := make(chan event.Event, 100)
	ended := make(chan error, 1)
	go func() {
		ended <- s.Logs(follow, sandbox.LogQuery{Filter: "ran ", Follow: true}, func(e event.Event) { lines <- e })
	}()
	first := <-lines
	call(t, s, "Invoke", resource(d, "Worker").ARN)
	if second := <-lines; second.Data.RequestID == first.Data.RequestID || second.Node != "worker" {
		t.Fatalf("followed %+v after %+v", second, first)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}

	b := bundle(p.zip("one"), "hello")
	_, planned := s.Plan(ctx, b, sandbox.Options{})
	_, applied := s.Apply(ctx, sandbox.Plan{Content: b, Applyable: true, Options: sandbox.Options{Trust: true}}, event.Discard)
	destroyed := s.Destroy(ctx, sandbox.Options{Consent: true}, event.Discard)
	for what, err := range map[string]error{"plan": planned, "apply": applied, "destroy": destroyed, "reload": s.Reload(ctx, nil)} {
		if want := fmt.Sprintf("airloom run (pid %d) holds the embedded sandbox", cmd.Process.Pid); fault.CodeOf(err) != fault.Conflict || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", what, err)
		}
	}

	// What the holder left for others is for this user, with the secret.
	info, err := os.Stat(noteFile(s.Folder))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the note: %v %v", info.Mode(), err)
	}
	other, err := findHolder(s.Folder, s.client)
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(*http.Request){
		"without the secret": func(r *http.Request) { r.Header.Del("Authorization") },
		"a wrong secret":     func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") },
		"another host":       func(r *http.Request) { r.Host = "evil.example" },
		"from a page":        func(r *http.Request) { r.Header.Set("Origin", "http://"+other.Address) },
	} {
		r, _ := http.NewRequest(http.MethodPost, "http://"+other.Address+"/deployment", bytes.NewReader([]byte("{}")))
		r.Header.Set("Authorization", "Bearer "+other.Secret)
		edit(r)
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}

	// A killed holder leaves nothing that keeps others out.
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	d, err = s.Deployment(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := get(t, address(d, "page")); status != 200 {
		t.Fatalf("after the kill: %d", status)
	}
	if out := call(t, s, "Hit", ""); !strings.Contains(string(out.Body), `"count":2`) {
		t.Fatalf("state did not survive the kill: %s", out.Body)
	}
	if plan, err := s.Plan(ctx, b, sandbox.Options{}); err != nil || plan.Method != "none" {
		t.Fatalf("%s %v", plan.Method, err)
	}
}
