package pack_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/pack"
)

// TestNpmInstall installs what package.json asks for and node_modules lacks, once for all functions of a workspace, with
// the real npm (a package in a folder needs no network) and without running the package's scripts.
func TestNpmInstall(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("needs npm")
	}
	root := t.TempDir()
	write(t, root, map[string]string{
		"vendor/dep/package.json": `{"name":"dep","version":"1.0.0","main":"i.js","scripts":{"install":"touch INSTALLED","prepare":"touch INSTALLED"}}`,
		"vendor/dep/i.js":         "exports.n = 7;",
		"package.json":            `{"name":"shop","version":"1.0.0","dependencies":{"dep":"file:vendor/dep"}}`,
		"package-lock.json": `{"name":"shop","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"shop","version":"1.0.0","dependencies":{"dep":"file:vendor/dep"}},
			"node_modules/dep":{"resolved":"vendor/dep","link":true},"vendor/dep":{"version":"1.0.0"}}}`,
	})
	var units []pack.Unit
	for i := range 3 {
		dir := filepath.Join(root, "functions", fmt.Sprint(i))
		write(t, dir, map[string]string{"index.ts": "import { n } from 'dep'; export const handler = async () => n;"})
		units = append(units, pack.Unit{Node: fmt.Sprint(i), Name: fmt.Sprint(i), Root: root, Dir: dir, Runtime: "nodejs22.x", Handler: "index.handler"})
	}
	var said []string
	p := pack.New(pack.Deps{CacheDir: t.TempDir(), Log: func(_, line string) { said = append(said, line) }})
	all, err := p.Pack(t.Context(), units)
	if err != nil {
		t.Fatal(err, hint(err))
	}
	if got := invoke(t, all[2], "index.mjs", `{}`); got != "7" {
		t.Errorf("it answers %s", got)
	}
	if len(said) != 1 || !strings.Contains(said[0], "npm ci --ignore-scripts") {
		t.Errorf("it said %q", said)
	}
	if _, err := os.Stat(filepath.Join(root, "vendor/dep/INSTALLED")); err == nil {
		t.Error("the package's script ran")
	}
}

// TestNpmOffline: no registry, or another package manager's project, is said clearly.
func TestNpmOffline(t *testing.T) {
	source := map[string]string{"index.ts": "import 'dep'; export const handler = 1;", "package.json": `{"dependencies":{"dep":"1.0.0"}}`}
	t.Run("registry out of reach", func(t *testing.T) {
		t.Parallel()
		if _, err := exec.LookPath("npm"); err != nil {
			t.Skip("needs npm")
		}
		u := function(t, "nodejs22.x", "index.handler", source)
		write(t, u.Dir, map[string]string{".npmrc": "registry=http://127.0.0.1:9/\n"})
		if got := refused(t, packer(t), u, fault.Unavailable); !strings.Contains(got, "does not reach its registry") {
			t.Error(got)
		}
	})
	t.Run("pnpm", func(t *testing.T) {
		u := function(t, "nodejs22.x", "index.handler", source)
		write(t, u.Dir, map[string]string{"pnpm-lock.yaml": ""})
		if got := refused(t, packer(t), u, fault.Unavailable); !strings.Contains(got, "run `pnpm install`") {
			t.Error(got)
		}
	})
	t.Run("installed, but not that", func(t *testing.T) {
		calls := tool(t, "npm", "exit 0") // a fake one that installs nothing
		u := function(t, "nodejs22.x", "index.handler", source)
		if got := refused(t, packer(t), u, fault.Invalid); !strings.Contains(got, `Could not resolve "dep"`) {
			t.Error(got)
		}
		if args := called(t, calls); len(args) < 3 || args[1] != "install" || !slices.Contains(args, "--ignore-scripts") {
			t.Errorf("npm was called with %q", args)
		}
	})
}

// TestNpmCalls: npm, a fake that records its calls, is started where the lock file is, installs exactly what is locked where
// there is one, without scripts, once for all functions, and not for what is there or what nobody asks for.
func TestNpmCalls(t *testing.T) {
	install := `mkdir -p node_modules/dep; echo '{"name":"dep","main":"i.js"}' > node_modules/dep/package.json; echo 'exports.n = 7;' > node_modules/dep/i.js`
	for name, c := range map[string]struct {
		files map[string]string
		dir   string // where npm is to run, from the root
		want  string // its command
	}{
		"no lock":          {map[string]string{"package.json": `{"dependencies":{"dep":"1"}}`}, "", "install"},
		"lock":             {map[string]string{"package.json": `{"dependencies":{"dep":"1"}}`, "package-lock.json": "{}"}, "", "ci"},
		"shrinkwrap":       {map[string]string{"package.json": `{"devDependencies":{"dep":"1"}}`, "npm-shrinkwrap.json": "{}"}, "", "ci"},
		"function's own":   {map[string]string{"functions/0/package.json": `{"dependencies":{"dep":"1"}}`, "functions/0/package-lock.json": "{}"}, "functions/0", "ci"},
		"workspace's lock": {map[string]string{"functions/0/package.json": `{"optionalDependencies":{"dep":"1"}}`, "package-lock.json": "{}", "package.json": `{"workspaces":["functions/*"]}`}, "", "ci"},
	} {
		t.Run(name, func(t *testing.T) {
			calls := tool(t, "npm", install)
			root := t.TempDir()
			write(t, root, c.files)
			var units []pack.Unit
			for i := range 3 {
				dir := filepath.Join(root, "functions", fmt.Sprint(i))
				source := "import { n } from 'dep'; export const handler = async () => n;"
				if i > 0 && (c.dir != "" || name == "workspace's lock") {
					source = "export const handler = async () => 1;"
				}
				write(t, dir, map[string]string{"index.ts": source})
				units = append(units, pack.Unit{Node: fmt.Sprint(i), Name: fmt.Sprint(i), Root: root, Dir: dir, Runtime: "nodejs22.x", Handler: "index.handler"})
			}
			p := packer(t)
			all, err := p.Pack(t.Context(), units)
			if err != nil {
				t.Fatal(err, hint(err))
			}
			if code := text(t, all[0], "index.mjs"); !strings.Contains(code, "exports.n = 7") {
				t.Errorf("the package is not in the bundle:\n%s", code)
			}
			want := []string{filepath.Join(root, filepath.FromSlash(c.dir)), c.want, "--ignore-scripts", "--no-audit", "--no-fund"}
			if args := called(t, calls); !slices.Equal(args[:len(want)], want) || slices.Contains(args[1:], want[0]) {
				t.Errorf("npm was called with %q", args)
			}
			before := len(called(t, calls))
			write(t, units[0].Dir, map[string]string{"index.ts": "import { n } from 'dep'; export const handler = async () => n + 1;"})
			must(t, p, units[0])
			if args := called(t, calls); len(args) != before {
				t.Errorf("npm was called for what is there: %q", args)
			}
		})
	}
	t.Run("nobody asks for it", func(t *testing.T) {
		calls := tool(t, "npm", install)
		u := function(t, "nodejs22.x", "index.handler", map[string]string{"index.ts": "import 'dep'; export const handler = 1;", "package.json": `{"dependencies":{"other":"1"}}`})
		if got := refused(t, packer(t), u, fault.Invalid); !strings.Contains(got, "run npm install dep") {
			t.Error(got)
		}
		if args := called(t, calls); args != nil {
			t.Errorf("npm was called with %q", args)
		}
	})
	t.Run("npm fails", func(t *testing.T) {
		tool(t, "npm", "echo 'npm error notarget No matching version found for dep@1.0.0'; exit 1")
		u := function(t, "nodejs22.x", "index.handler", map[string]string{"index.ts": "import 'dep'; export const handler = 1;", "package.json": `{"dependencies":{"dep":"1"}}`})
		if got := refused(t, packer(t), u, fault.Invalid); !strings.Contains(got, "No matching version found for dep@1.0.0") {
			t.Error(got)
		}
	})
	t.Run("npm is missing", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		u := function(t, "nodejs22.x", "index.handler", map[string]string{"index.ts": "import 'dep'; export const handler = 1;", "package.json": `{"dependencies":{"dep":"1"}}`})
		if got := refused(t, packer(t), u, fault.Unavailable); !strings.Contains(got, "npm is not installed") {
			t.Error(got)
		}
	})
}
