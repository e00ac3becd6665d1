package local

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

func TestBuild(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no sh")
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "canary")
	p := newProject(t)
	s := p.open()
	dir := filepath.Join(p.folder, "web")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	site := kind.Site{Node: "web", Source: "web", Output: "dist", Build: "mkdir -p dist && env > dist/env.txt"}
	if err := s.build(context.Background(), site, event.Discard); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "dist", "env.txt")); err != nil || strings.Contains(string(text), "canary") || !strings.Contains(string(text), "PATH=") {
		t.Fatalf("%s %v", text, err)
	}

	// What it is made of decides whether it is published again, not what it became.
	before, err := s.siteDigest(site)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.js"), []byte("1"), 0o644); err != nil {
		t.Fatal(err)
	}
	if after, err := s.siteDigest(site); err != nil || after == before {
		t.Fatalf("a changed source goes unnoticed: %v", err)
	}

	site.Build = "echo some words; echo the reason >&2; exit 3"
	if err := s.build(context.Background(), site, event.Discard); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "some words | the reason") {
		t.Fatalf("a failing build: %v", err)
	}
	site.Source = "../outside"
	if err := s.build(context.Background(), site, event.Discard); fault.CodeOf(err) != fault.Invalid {
		t.Fatalf("outside of the project: %v", err)
	}

	// Canceled, or ended, nothing of it stays.
	site.Source, site.Build = "web", "sleep 100 & echo started > mark; wait"
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.build(ctx, site, event.Discard) }()
	until(t, "the build starts", func() bool { _, err := os.Stat(filepath.Join(dir, "mark")); return err == nil })
	start := time.Now()
	cancel()
	if err := <-done; fault.CodeOf(err) != fault.Canceled {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Fatalf("it took %s to stop", took)
	}
	until(t, "its children end", func() bool { return len(children(t)) == 0 })
}

// Links and folders outside of the project are not published.
func TestSiteFiles(t *testing.T) {
	p := newProject(t)
	s := p.open()
	outside := filepath.Join(t.TempDir(), "secret.txt")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"web/index.html", "web/a/b.js", "web/.env", "web/.git/config", "web/node_modules/x/index.js"} {
		name = filepath.Join(p.folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(p.folder, "web", "link.txt")); err != nil {
		t.Skip("this system makes no links")
	}
	root, err := s.openSite(kind.Site{Node: "web", Source: "web"}, "web")
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	files, err := siteFiles(root)
	if err != nil || strings.Join(files, " ") != "a/b.js index.html" {
		t.Fatalf("%v %v", files, err)
	}
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(p.folder, "linked")); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"../x", "/etc", "linked", "missing"} {
		if root, err := s.openSite(kind.Site{Node: "web"}, folder); err == nil {
			root.Close()
			t.Errorf("%s was opened", folder)
		}
	}
}
