package local

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/sandbox"
	"airloom/backend/sandbox/local/state"
)

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
