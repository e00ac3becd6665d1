package pack_test

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"airloom/backend/design"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
	"airloom/backend/pack"
)

// packed packs a project's units and keeps the events.
func packed(t *testing.T, p *pack.Packer, folder, hostArch string, units ...kind.Unit) ([]generate.Packed, []event.Event, error) {
	t.Helper()
	var mu sync.Mutex
	var events []event.Event
	got, err := p.Project(t.Context(), folder, units, hostArch, func(e event.Event) {
		mu.Lock()
		defer mu.Unlock()
		events = append(events, e)
	})
	return got, events, err
}

// TestProject gives what a bundle needs of each unit, in their order, with progress and what there is to know at each node.
func TestProject(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"functions/a/index.ts": "import { x } from '../../shared/x';\nexport const handler = async () => x;\n", "shared/x.ts": "export const x = 1;\n",
		"functions/b/app.py": "x = 1\n", "functions/b/.env": "SECRET=1", "functions/c/index.mjs": "export const handler = (e) => typeof e === 'nunber';\n",
	})
	a := kind.Unit{Node: "na", Name: "a", Source: "functions/a", Runtime: "nodejs22.x", Handler: "index.handler", Arch: "arm64"}
	b := kind.Unit{Node: "nb", Name: "b", Source: "functions/b", Runtime: "python3.13", Handler: "app.handler", Arch: "arm64"}
	c := kind.Unit{Node: "nc", Name: "c", Source: "functions/c", Runtime: "nodejs22.x", Handler: "index.handler", Arch: "arm64"}
	p := pack.New(pack.Deps{CacheDir: t.TempDir(), Now: later})
	got, events, err := packed(t, p, dir, "", a, b, c)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []kind.Unit{a, b, c} {
		g := got[i]
		if g.Node != want.Node || g.Name != want.Name || g.Key != g.Digest+".zip" || digest(t, g.Path) != g.Digest || g.Size == 0 || g.Unzipped == 0 || g.Cached || g.TookMS <= 0 {
			t.Errorf("unit %d: %+v", i, g)
		}
	}
	if !slices.Equal(got[1].LeftOut, []string{".env"}) || !slices.Contains(got[0].Inputs, filepath.Join(dir, "shared", "x.ts")) {
		t.Errorf("left out: %q, inputs: %q", got[1].LeftOut, got[0].Inputs)
	}
	var ticks []string
	var warned []event.Event
	last := 0.0
	for _, e := range events {
		switch e.Type {
		case event.Tick:
			ticks = append(ticks, e.Node)
			if e.Data.Progress <= last || !strings.HasPrefix(e.Text, "packed "+strings.TrimPrefix(e.Node, "n")+" (") {
				t.Errorf("progress %v after %v: %q", e.Data.Progress, last, e.Text)
			}
			last = e.Data.Progress
		case event.Warn:
			warned = append(warned, e)
		default:
			t.Errorf("an event that nobody expects: %+v", e)
		}
	}
	if slices.Sort(ticks); !slices.Equal(ticks, []string{"na", "nb", "nc"}) || last != 1 {
		t.Errorf("progress of %q, to %v", ticks, last)
	}
	if len(warned) == 0 || len(warned) != len(got[2].Warnings) || warned[0].Node != "nc" || warned[0].Level != event.Warning || !strings.HasPrefix(warned[0].Text, "functions/c/index.mjs:1:") {
		t.Errorf("warnings: %+v", warned)
	}
	again, events, err := packed(t, p, dir, "", a, b, c)
	if err != nil || !again[0].Cached || !again[2].Cached || again[2].Digest != got[2].Digest {
		t.Errorf("the second time: %+v, %v", again, err)
	}
	if n := slices.IndexFunc(events, func(e event.Event) bool { return e.Type == event.Warn }); n < 0 {
		t.Error("a warning about an unchanged function is not told again")
	}
}

// TestProjectForThisMachine: for the embedded sandbox native code is built for this machine, the only difference.
func TestProjectForThisMachine(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"f/x": "", "js/index.mjs": "export const handler = () => 1;\n"})
	native := kind.Unit{Node: "n", Name: "f", Source: "f", Runtime: "provided.al2023", Handler: "bootstrap", Arch: "arm64", Build: `mkdir -p out; echo "$AIRLOOM_ARCH" > out/bootstrap`, Output: "out"}
	script := kind.Unit{Node: "j", Name: "js", Source: "js", Runtime: "nodejs22.x", Handler: "index.handler", Arch: "arm64"}
	cloud, _, err := packed(t, packer(t), dir, "", native, script)
	if err != nil {
		t.Fatal(err)
	}
	here, _, err := packed(t, packer(t), dir, "x86_64", native, script)
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, pack.Artifact{Path: cloud[0].Path}, "bootstrap") + text(t, pack.Artifact{Path: here[0].Path}, "bootstrap"); got != "arm64\nx86_64\n" {
		t.Errorf("built for %q", got)
	}
	if cloud[1].Digest != here[1].Digest {
		t.Error("a script differs between the cloud and this machine")
	}
	calls := tool(t, "go", `echo "$GOOS $GOARCH" >> "$CALLS"; exit 1`)
	write(t, dir, map[string]string{"g/main.go": "package main", "g/go.mod": "module g"})
	if _, _, err := packed(t, packer(t), dir, "x86_64", kind.Unit{Node: "g", Name: "g", Source: "g", Runtime: "provided.al2023", Handler: "bootstrap", Arch: "arm64"}); err == nil {
		t.Error("a compiler that fails is not told")
	}
	if args := called(t, calls); !slices.Contains(args, runtime.GOOS+" amd64") {
		t.Errorf("the compiler (a fake one) was called with %q", args)
	}
}

// TestProjectFails: each failure is told once, at its node, with what to do: the first as the error, the others as events.
func TestProjectFails(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a/index.mjs": "export const handler = () => {\n  let x = ;\n  let y = ;\n};\n", "b/index.mjs": "export const handler = () => 1;\n"})
	unit := func(name string) kind.Unit {
		return kind.Unit{Node: design.ID("n" + name), Name: name, Source: name, Runtime: "nodejs22.x", Handler: "index.handler", Arch: "arm64"}
	}
	got, events, err := packed(t, packer(t), dir, "", unit("a"), unit("b"), unit("c"))
	f := fault.As(err)
	if got != nil || f.Where != "na" || f.Code != fault.Invalid || f.Message != `a/index.mjs:2:11: Unexpected ";"` || f.Hint != "let x = ;" {
		t.Errorf("%+v, %+v", got, f)
	}
	var told []event.Event
	for _, e := range events {
		if e.Type == event.Warn {
			told = append(told, e)
		}
	}
	if len(told) != 1 || told[0].Node != "nc" || told[0].Level != event.Error || told[0].Data.Hint == "" || !strings.HasPrefix(told[0].Text, "the source folder") {
		t.Errorf("also told: %+v", told)
	}
}
