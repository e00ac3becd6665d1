package pack_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"airloom/backend/pack"
)

// shop is a project in which a, b use a shared module, b, c a package, d nothing; e is Python.
func shop(t *testing.T) (root string, units []pack.Unit) {
	t.Helper()
	root = t.TempDir()
	write(t, root, map[string]string{
		"package.json": `{"dependencies":{"dep":"1"}}`, "tsconfig.base.json": "{}", "README.md": "a shop",
		"node_modules/dep/package.json": `{"name":"dep","main":"i.js"}`, "node_modules/dep/i.js": "exports.n = 1;\n",
		"shared/x.ts":    "export const x = (s: string) => s;\n",
		"a/index.ts":     "import { x } from '../shared/x';\nexport const handler = async () => x('a');\n",
		"b/index.ts":     "import { x } from '../shared/x';\nimport { n } from 'dep';\nexport const handler = async () => x('b' + n);\n",
		"c/index.js":     "const { n } = require('dep');\nexports.handler = async () => n;\n",
		"d/src/index.ts": "class D { y = 1 }\nexport const handler = async () => new D();\n", "d/tsconfig.json": "{\n  // as all\n  \"extends\": \"../tsconfig.base.json\",\n}",
		"e/app.py": "import lib.x\n", "e/lib/x.py": "", "e/.env": "SECRET=1",
	})
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		u := pack.Unit{Node: "n" + name, Name: name, Root: root, Dir: filepath.Join(root, name), Runtime: "nodejs22.x", Handler: "index.handler"}
		if name == "e" {
			u.Runtime, u.Handler = "python3.13", "app.handler"
		}
		units = append(units, u)
	}
	return root, units
}

// repacked packs and gives the names of the units for which there was work.
func repacked(t *testing.T, p *pack.Packer, units []pack.Unit) string {
	t.Helper()
	all, err := p.Pack(t.Context(), units)
	if err != nil {
		t.Fatal(err, hint(err))
	}
	var names []string
	for _, a := range all {
		if digest(t, a.Path) != a.Digest {
			t.Errorf("%s has not the digest %s", a.Path, a.Digest)
		}
		if a.Cached != (a.Took == 0) {
			t.Errorf("cached %v took %s", a.Cached, a.Took)
		}
		if !a.Cached {
			names = append(names, a.Name)
		}
	}
	return strings.Join(names, " ")
}

// TestUnchangedCostsNothing: another run, in this process and in a new one, gives the same artifacts and does no work; once the
// zips' own stamps are known it writes nothing either.
func TestUnchangedCostsNothing(t *testing.T) {
	_, units := shop(t)
	cache := t.TempDir()
	p := pack.New(pack.Deps{CacheDir: cache, Now: later})
	first, err := p.Pack(t.Context(), units)
	if err != nil {
		t.Fatal(err)
	}
	if got := repacked(t, p, units); got != "" {
		t.Errorf("packed %q again", got)
	}
	was := listing(t, cache)
	for name, p := range map[string]*pack.Packer{"same process": p, "new process": pack.New(pack.Deps{CacheDir: cache, Now: later})} {
		again, err := p.Pack(t.Context(), units)
		if err != nil {
			t.Fatal(err)
		}
		for i := range again {
			want := first[i]
			want.Cached, want.Took = true, 0
			if !same(again[i], want) {
				t.Errorf("%s: %+v is not %+v", name, again[i], want)
			}
		}
	}
	if now := listing(t, cache); !slices.Equal(now, was) {
		t.Errorf("the cache changed from %q to %q", was, now)
	}
}

// same compares artifacts; no files and an empty list of them are the same.
func same(a, b pack.Artifact) bool {
	for _, x := range []*pack.Artifact{&a, &b} {
		x.LeftOut, x.Warnings = append([]string{}, x.LeftOut...), append([]string{}, x.Warnings...)
	}
	return reflect.DeepEqual(a, b)
}

// listing is what lies in a folder, with times.
func listing(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(e.Name(), " ", info.Size(), " ", info.ModTime()))
	}
	return all
}

// TestChangesRepackWhatTheyConcern: a change repacks the units that were made of it, or could be now, and no other.
func TestChangesRepackWhatTheyConcern(t *testing.T) {
	t.Parallel()
	root, units := shop(t)
	deps := pack.Deps{CacheDir: t.TempDir(), Now: later}
	p := pack.New(deps)
	if got := repacked(t, p, units); got != "a b c d e" {
		t.Fatalf("packed %q", got)
	}
	edit := func(name, text string) func() {
		return func() { write(t, root, map[string]string{name: text}) }
	}
	path := func(name string) string { return filepath.Join(root, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		what   string
		change func()
		want   string
	}{
		{"a function", edit("a/index.ts", "import { x } from '../shared/x';\nexport const handler = async () => x('A');\n"), "a"},
		{"a function, same length", edit("a/index.ts", "import { x } from '../shared/x';\nexport const handler = async () => x('z');\n"), "a"},
		{"a shared module", edit("shared/x.ts", "export const x = (s: string) => s + s;\n"), "a b"},
		{"a package", edit("node_modules/dep/i.js", "exports.n = 2;\n"), "b c"},
		{"a package's description", edit("node_modules/dep/package.json", `{"name":"dep","main":"./i.js"}`), "b c"},
		{"a package of their own", edit("c/node_modules/dep/index.js", "exports.n = 3;\n"), "c"},
		{"a base of compiler settings", edit("tsconfig.base.json", `{"compilerOptions":{"useDefineForClassFields":false}}`), "d"},
		{"new compiler settings", edit("b/tsconfig.json", "{}"), "b"},
		{"the module system of all", edit("package.json", `{"type":"commonjs","dependencies":{"dep":"1"}}`), "a b c d"},
		{"and back", edit("package.json", `{"dependencies":{"dep":"1"}}`), "a b c d"},
		{"a file that wins", edit("c/index.ts", "export const handler = async () => 'typescript';\n"), "c"},
		{"a module that wins", edit("shared/x.tsx", "export const x = (s: string) => 'tsx';\n"), "a b"},
		{"it goes again", func() { must(os.Remove(path("shared/x.tsx"))) }, "a b"},
		{"Python", edit("e/lib/x.py", "y = 1\n"), "e"},
		{"a new file of Python", edit("e/data.txt", "x"), "e"},
		{"a file of Python executable", func() { must(os.Chmod(path("e/data.txt"), 0o755)) }, "e"},
		{"a secret that stays out", edit("e/.env", "SECRET=2"), ""},
		{"a file of nobody", edit("README.md", "a better shop"), ""},
		{"an editor's file", edit("a/.index.ts.swp", "x"), ""},
		{"times only", func() { must(os.Chtimes(path("a/index.ts"), time.Unix(1, 0), time.Unix(1, 0))) }, ""},
		{"written anew, the same", edit("e/app.py", "import lib.x\n"), ""},
		{"a zip is gone", func() { must(os.Remove(zipOf(t, p, units[3]))) }, "d"},
		{"a zip is damaged", func() { must(os.WriteFile(zipOf(t, p, units[4]), []byte("PK"), 0o644)) }, "e"},
		{"another handler", func() { units[0].Handler = "index.handler.deep" }, "a"},
		{"another runtime", func() { units[4].Runtime = "python3.14" }, "e"},
		{"another name", func() { units[1].Name, units[1].Node = "bb", "other" }, ""},
	} {
		c.change()
		if got := repacked(t, p, units); got != c.want {
			t.Errorf("%s: packed %q, not %q", c.what, got, c.want)
		}
		if got := repacked(t, p, units); got != "" {
			t.Errorf("%s: packed %q again", c.what, got)
		}
		if got := repacked(t, pack.New(deps), units); got != "" {
			t.Errorf("%s: a new process packed %q again", c.what, got)
		}
	}
}

func zipOf(t *testing.T, p *pack.Packer, u pack.Unit) string { return must(t, p, u).Path }

// TestCacheDeleted: the cache may go at any time, whole or in part, or be of another version: then it is made anew.
func TestCacheDeleted(t *testing.T) {
	t.Parallel()
	_, units := shop(t)
	cache := filepath.Join(t.TempDir(), "cache")
	p := pack.New(pack.Deps{CacheDir: cache, Now: later})
	index := filepath.Join(cache, "index.json")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, spoil := range map[string]func(){
		"deleted": func() { must(os.RemoveAll(cache)) },
		"the zips deleted": func() {
			all, _ := filepath.Glob(filepath.Join(cache, "*.zip"))
			for _, f := range all {
				must(os.Remove(f))
			}
		},
	} {
		repacked(t, p, units)
		spoil()
		if got := repacked(t, p, units); got != "a b c d e" {
			t.Errorf("%s: packed %q", name, got)
		}
	}
	whole, err := os.ReadFile(index)
	must(err)
	for name, text := range map[string]string{
		"empty": "", "cut off": string(whole[:len(whole)/2]), "not JSON": "PK", "of another version": strings.Replace(string(whole), `"version":"1 `, `"version":"0 `, 1),
		"numbers out of range": strings.ReplaceAll(string(whole), `"refs":[`, `"refs":[99999,`), "negative": strings.ReplaceAll(string(whole), `"refs":[`, `"refs":[-1,`),
		"null": "null", "no units": `{"version":` + fmt.Sprintf("%q", strings.Split(string(whole), `"`)[3]) + `}`, "a null unit": strings.Replace(string(whole), `"units":{`, `"units":{"x":null,`, 1),
	} {
		must(os.WriteFile(index, []byte(text), 0o644))
		if got := repacked(t, pack.New(pack.Deps{CacheDir: cache, Now: later}), units); got != "a b c d e" && name != "a null unit" {
			t.Errorf("index %s: packed %q", name, got)
		}
	}
}

// TestJustWritten: what was written as it was packed is packed again, until the state that the zip is of is beyond doubt.
func TestJustWritten(t *testing.T) {
	u := function(t, "python3.13", "app.handler", map[string]string{"app.py": "x = 1\n"})
	info, err := os.Stat(filepath.Join(u.Dir, "app.py"))
	if err != nil {
		t.Fatal(err)
	}
	clock := info.ModTime()
	p := pack.New(pack.Deps{CacheDir: t.TempDir(), Now: func() time.Time { return clock }})
	for _, c := range []struct {
		now  time.Time
		want bool
	}{{info.ModTime(), false}, {info.ModTime(), false}, {later(), false}, {later(), true}} {
		clock = c.now
		if a := must(t, p, u); a.Cached != c.want {
			t.Errorf("%s after it was written: cached %v", clock.Sub(info.ModTime()), a.Cached)
		} else if want := []string{filepath.Join(u.Dir, "app.py")}; !slices.Equal(a.Inputs, want) {
			t.Errorf("inputs: %q", a.Inputs)
		}
	}
}

// TestChangedWhilePacked: a file that changes under the packer's hands (a fake pip does it) is told, and no zip is left.
func TestChangedWhilePacked(t *testing.T) {
	tool(t, "python3", install+"\necho 'more = 1' >> app.py")
	cache := t.TempDir()
	u := function(t, "python3.13", "app.handler", map[string]string{"app.py": "import dep\n", "requirements.txt": "dep\n"})
	got := refused(t, pack.New(pack.Deps{CacheDir: cache}), u, "conflict")
	if !strings.Contains(got, "app.py: changed while it was packed") {
		t.Error(got)
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "*zip*")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// TestOldZipsGo: what nobody used for a month is removed, with what killed runs left; what is in use, and what is not ours, stays.
func TestOldZipsGo(t *testing.T) {
	_, units := shop(t)
	cache := t.TempDir()
	day := time.Now()
	now := func() time.Time { return day }
	first, err := pack.New(pack.Deps{CacheDir: cache, Now: later}).Pack(t.Context(), units)
	if err != nil {
		t.Fatal(err)
	}
	write(t, cache, map[string]string{"zip-123": "left", "work-7/x": "left", "notes.txt": "not ours", "bundle-x/y": "not ours"})
	day = day.AddDate(0, 0, 20)
	repacked(t, pack.New(pack.Deps{CacheDir: cache, Now: now}), units[:1])
	day = day.AddDate(0, 0, 20)
	write(t, units[0].Dir, map[string]string{"index.ts": "export const handler = 1;\n"})
	repacked(t, pack.New(pack.Deps{CacheDir: cache, Now: now}), units[:1])
	for name, want := range map[string]bool{filepath.Base(first[1].Path): false, "zip-123": false, "work-7": false, "notes.txt": true, "bundle-x": true} {
		if _, err := os.Stat(filepath.Join(cache, name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := repacked(t, pack.New(pack.Deps{CacheDir: cache, Now: now}), units[:2]); got != "b" {
		t.Errorf("packed %q", got)
	}
}

// TestPackAtOnce: several packers, of one process and of several, may share a cache at the same time.
func TestPackAtOnce(t *testing.T) {
	t.Parallel()
	_, units := shop(t)
	cache := t.TempDir()
	want, err := packer(t).Pack(t.Context(), units)
	if err != nil {
		t.Fatal(err)
	}
	one := pack.New(pack.Deps{CacheDir: cache, Now: later})
	var all sync.WaitGroup
	for i := range 12 {
		p := one
		if i%2 == 0 {
			p = pack.New(pack.Deps{CacheDir: cache, Now: later})
		}
		all.Go(func() {
			got, err := p.Pack(t.Context(), units)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range got {
				if got[i].Digest != want[i].Digest || digest(t, got[i].Path) != want[i].Digest {
					t.Errorf("%s differs", units[i].Name)
				}
			}
		})
	}
	all.Wait()
	if got := repacked(t, pack.New(pack.Deps{CacheDir: cache, Now: later}), units); got != "" {
		t.Errorf("packed %q again", got)
	}
}
