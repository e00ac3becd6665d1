package pack_test

import (
	"archive/zip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/pack"
)

// TestZipsReproducible (I12): the same sources give the same bytes 100 times out of 100, whatever the time zone, the locale, the
// umask, the order in which files were made, their times, the folder, and the other functions packed with them.
func TestZipsReproducible(t *testing.T) {
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	sources := map[string]string{
		"js/index.ts": "import { greet } from '../shared/greet';\nimport { n } from 'dep';\nexport const handler = async () => greet(String(n));\n", "js/package.json": "{}",
		"more/index.ts":   "import { greet } from '../shared/greet';\nexport const handler = async () => greet('more');\n",
		"cjs/index.js":    "exports.handler = async () => require('dep').n;\n",
		"shared/greet.ts": "export const greet = (s: string) => `hello ${s}`;\n", "node_modules/dep/package.json": `{"name":"dep","main":"i.js"}`, "node_modules/dep/i.js": "exports.n = 1;",
		"py/app.py": "def handler(e, c): return 1\n", "py/Ünï.py": "", "py/B.py": "", "py/b.py": "", "py/ı.py": "", "py/a/b/c.py": "x = 1\n", "py/run.sh": "#!/bin/sh\n", "py/empty": "",
		"own/bootstrap": "#!/bin/sh\necho\n", "own/z": "z", "own/a": "a",
		"custom/in/x": "x", "custom/in/bootstrap": "#!/bin/sh\n",
	}
	names := make([]string, 0, len(sources))
	for name := range sources {
		names = append(names, name)
	}
	zones := []*time.Location{time.UTC, time.FixedZone("far east", 14*3600), time.FixedZone("far west", -12*3600), time.FixedZone("odd", 5*3600+2700)}
	var first map[string]string
	const rounds = 100
	for round := range rounds {
		random := rand.New(rand.NewPCG(12, uint64(round)))
		time.Local = zones[round%len(zones)]
		locale := []string{"C", "de_DE.UTF-8", "tr_TR.UTF-8", "ja_JP.eucJP"}[random.IntN(4)]
		t.Setenv("LC_ALL", locale)
		t.Setenv("LANG", locale)
		t.Setenv("TZ", []string{"UTC", "Asia/Tokyo", "America/New_York"}[random.IntN(3)])
		umask(t, []int{0o022, 0o077, 0o002, 0o000}[random.IntN(4)])
		root := filepath.Join(t.TempDir(), strings.Repeat("deep/", random.IntN(4))+fmt.Sprintf("a folder %d", round))
		random.Shuffle(len(names), func(i, k int) { names[i], names[k] = names[k], names[i] })
		for _, name := range names {
			write(t, root, map[string]string{name: sources[name]})
			path := filepath.Join(root, name)
			if filepath.Ext(name) == ".sh" {
				if err := os.Chmod(path, []os.FileMode{0o755, 0o700, 0o511}[random.IntN(3)]); err != nil {
					t.Fatal(err)
				}
			}
			when := time.Unix(random.Int64N(4e9), random.Int64N(1e9))
			if err := os.Chtimes(path, when, when); err != nil {
				t.Fatal(err)
			}
		}
		units := []pack.Unit{
			{Name: "js", Runtime: "nodejs22.x", Handler: "index.handler"}, {Name: "more", Runtime: "nodejs22.x", Handler: "index.handler"},
			{Name: "cjs", Runtime: "nodejs22.x", Handler: "index.handler"}, {Name: "py", Runtime: "python3.13", Handler: "app.handler"},
			{Name: "own", Runtime: "provided.al2023", Handler: "bootstrap"},
			{Name: "custom", Runtime: "provided.al2023", Handler: "bootstrap", Build: "cp -r in out", Output: "out"},
		}
		random.Shuffle(len(units), func(i, k int) { units[i], units[k] = units[k], units[i] })
		units = units[:1+random.IntN(len(units))]
		if round == 0 {
			units = units[:cap(units)]
		}
		for i := range units {
			units[i].Node, units[i].Root, units[i].Dir = fmt.Sprint(round), root, filepath.Join(root, units[i].Name)
		}
		all, err := pack.New(pack.Deps{CacheDir: filepath.Join(root, "cache")}).Pack(t.Context(), units)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if round == 0 {
			first = map[string]string{}
			for _, a := range all {
				first[a.Name] = a.Digest
			}
		}
		for _, a := range all {
			if a.Digest != first[a.Name] {
				t.Errorf("round %d of %d: %s differs", round, rounds, a.Name)
			}
		}
	}
}

// TestZipForm: sorted names, the executable bit as the only mode, one fixed time, nothing else that could differ; and the
// artifact describes it truly.
func TestZipForm(t *testing.T) {
	u := function(t, "python3.13", "app.handler", map[string]string{"app.py": strings.Repeat("x = 1\n", 100), "b.sh": "#!/bin/sh\n", "a/z.py": "", "a-b.py": "", "é.py": ""})
	for name, mode := range map[string]os.FileMode{"app.py": 0o600, "b.sh": 0o744, "a/z.py": 0o666} {
		if err := os.Chmod(filepath.Join(u.Dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	a := must(t, packer(t), u)
	z := open(t, a)
	var described []pack.File
	var unzipped int64
	for _, f := range z.File {
		mode := os.FileMode(0o644)
		if f.Name == "b.sh" {
			mode = 0o755
		}
		if f.Mode() != mode || f.Method != zip.Deflate || f.Comment != "" || !f.Modified.Equal(time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: %v, method %d, %v, comment %q", f.Name, f.Mode(), f.Method, f.Modified, f.Comment)
		}
		described = append(described, pack.File{Name: f.Name, Size: int64(f.UncompressedSize64), Exec: mode == 0o755})
		unzipped += int64(f.UncompressedSize64)
	}
	if want := []string{"a-b.py", "a/z.py", "app.py", "b.sh", "é.py"}; !slices.Equal(files(t, a), want) || z.Comment != "" {
		t.Errorf("the zip holds %q, comment %q", files(t, a), z.Comment)
	}
	info, err := os.Stat(a.Path)
	if err != nil {
		t.Fatal(err)
	}
	if a.Size != info.Size() || a.Unzipped != unzipped || !slices.Equal(a.Files, described) || info.Mode() != 0o644 || a.Took <= 0 {
		t.Errorf("%+v describes a zip of %d bytes, mode %v, %d unzipped", a, info.Size(), info.Mode(), unzipped)
	}
	if digest(t, a.Path) != a.Digest || filepath.Base(a.Path) != a.Digest+".zip" {
		t.Errorf("%s does not have the digest %s", a.Path, a.Digest)
	}
}

// TestZipTooLarge: more than Lambda takes is refused before anything is compressed, with the largest files named. (The files
// are sparse: they take no room.)
func TestZipTooLarge(t *testing.T) {
	u := function(t, "python3.13", "app.handler", map[string]string{"app.py": "", "small": "x"})
	for name, megabytes := range map[string]int64{"model.bin": 200, "data.bin": 40, "more.bin": 10} {
		sparse(t, filepath.Join(u.Dir, name), megabytes<<20)
	}
	cache := t.TempDir()
	p := pack.New(pack.Deps{CacheDir: cache})
	got := refused(t, p, u, fault.Limit)
	if want := "250.0 MB unzipped, Lambda takes 250.0 MB; the largest: model.bin 200.0 MB, data.bin 40.0 MB, more.bin 10.0 MB"; !strings.Contains(got, want) {
		t.Error(got)
	}
	if left, _ := os.ReadDir(cache); len(left) > 0 {
		t.Errorf("left in the cache: %v", left)
	}
	v := function(t, "provided.al2023", "bootstrap", nil)
	v.Build, v.Output = "true", "out.zip"
	sparse(t, filepath.Join(v.Dir, "out.zip"), 251<<20)
	if got := refused(t, p, v, fault.Limit); !strings.Contains(got, "out.zip has 251.0 MB") {
		t.Error(got)
	}
}

// sparse makes a file of zeros that takes no room.
func sparse(t *testing.T, path string, size int64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
}

// TestZipNamesRefused: a file whose name another system would take for a path is told, not packed under another name.
func TestZipNamesRefused(t *testing.T) {
	for _, name := range []string{`a\b.py`, "a\nb.py", "\xff.py"} {
		u := function(t, "python3.13", "app.handler", map[string]string{"app.py": "", name: ""})
		if got := refused(t, packer(t), u, fault.Invalid); !strings.Contains(got, "cannot be the name of a file in a zip") {
			t.Errorf("%q: %s", name, got)
		}
	}
}

// TestZipDiskTrouble: where the cache cannot be written, that is said, at the node.
func TestZipDiskTrouble(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := pack.New(pack.Deps{CacheDir: filepath.Join(file, "cache")}).Pack(t.Context(), project(t, 1, plain))
	if fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("the error is %v", err)
	}
}
