package pack_test

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/pack"
)

// TestPythonAlone: without requirements the sources are copied as they are, and pip is not started.
func TestPythonAlone(t *testing.T) {
	calls := tool(t, "python3", "exit 1")
	for _, requirements := range []string{"", "# nothing yet\n\n"} {
		source := map[string]string{
			"app.py": "def handler(e, c): return 1\n", "lib/__init__.py": "", "lib/util.py": "x = 1\n", "data/numbers.csv": "1,2\n",
			"__pycache__/app.cpython-313.pyc": "x", "lib/__pycache__/util.pyc": "x", "lib/stale.pyc": "x",
			".venv/bin/python": "x", "env/pyvenv.cfg": "x", "env/lib/x.py": "x", ".pytest_cache/x": "x",
		}
		want := []string{"app.py", "data/numbers.csv", "lib/__init__.py", "lib/util.py"}
		if requirements != "" {
			source["requirements.txt"] = requirements
			want = append(want, "requirements.txt")
		}
		a := must(t, packer(t), function(t, "python3.13", "app.handler", source))
		if got := files(t, a); !slices.Equal(got, want) {
			t.Errorf("the zip holds %q, not %q", got, want)
		}
		if want := []string{".pytest_cache/", ".venv/", "__pycache__/", "env/", "lib/__pycache__/", "lib/stale.pyc"}; !slices.Equal(a.LeftOut, want) {
			t.Errorf("left out: %q", a.LeftOut)
		}
		if got := text(t, a, "lib/util.py"); got != "x = 1\n" {
			t.Errorf("lib/util.py is %q", got)
		}
	}
	if args := called(t, calls); args != nil {
		t.Errorf("pip was called with %q", args)
	}
}

// install is a fake pip: it leaves a package, with what pip leaves beside it, in the folder that follows --target.
const install = `while [ $# -gt 0 ]; do [ "$1" = --target ] && to=$2; shift; done
mkdir -p "$to/dep" "$to/bin" "$to/dep-1.0.dist-info"
echo "print()" > "$to/dep/__init__.py"; echo "from the package" > "$to/own.py"; echo "#!$to" > "$to/bin/dep"
echo x > "$to/dep-1.0.dist-info/METADATA"; echo "$to" > "$to/dep-1.0.dist-info/RECORD"`

// TestPythonRequirements asks a fake pip, which records its calls, for wheels of the function's runtime and architecture,
// whatever this machine is, and once for all functions that ask for the same.
func TestPythonRequirements(t *testing.T) {
	for arch, machine := range map[string]string{"": "aarch64", "arm64": "aarch64", "x86_64": "x86_64"} {
		t.Run("for "+arch, func(t *testing.T) {
			calls := tool(t, "python3", install)
			u := function(t, "python3.12", "app.handler", map[string]string{"app.py": "import dep", "own.py": "mine", "requirements.txt": "dep==1.0 # why\n"})
			u.Arch = arch
			p := packer(t)
			a := must(t, p, u)
			if got, want := files(t, a), []string{"app.py", "dep-1.0.dist-info/METADATA", "dep/__init__.py", "own.py", "requirements.txt"}; !slices.Equal(got, want) {
				t.Errorf("the zip holds %q, not %q", got, want)
			}
			if got := text(t, a, "own.py"); got != "mine" {
				t.Errorf("the package won over the function's own file: %q", got)
			}
			args := called(t, calls)
			if want := []string{u.Dir, "-m", "pip", "install", "--requirement", "requirements.txt", "--target"}; !slices.Equal(args[:len(want)], want) {
				t.Errorf("pip was called with %q", args)
			}
			var platforms []string
			for i, a := range args {
				if a == "--platform" {
					platforms = append(platforms, args[i+1])
				}
			}
			if want := []string{"manylinux_2_34_" + machine, "manylinux_2_28_" + machine, "manylinux2014_" + machine}; !slices.Equal(platforms, want) {
				t.Errorf("platforms: %q", platforms)
			}
			for flag, want := range map[string]string{"--python-version": "3.12", "--implementation": "cp"} {
				if got := after(t, args, flag); got != want {
					t.Errorf("%s %s", flag, got)
				}
			}
			for _, flag := range []string{"--only-binary=:all:", "--no-compile", "--no-input"} {
				if !slices.Contains(args, flag) {
					t.Errorf("no %s in %q", flag, args)
				}
			}

			other := function(t, "python3.12", "app.handler", map[string]string{"app.py": "import dep # too", "requirements.txt": "# same\ndep==1.0\n"})
			other.Arch = arch
			must(t, p, other)
			if again := called(t, calls); len(again) != len(args) {
				t.Errorf("pip was called again: %q", again[len(args):])
			}
			write(t, other.Dir, map[string]string{"requirements.txt": "dep==1.1\n"})
			must(t, p, other)
			if again := called(t, calls); len(again) != 2*len(args) {
				t.Errorf("pip was not called for other requirements: %q", again)
			}
			other.Runtime = "python3.14"
			must(t, p, other)
			if again := called(t, calls); len(again) != 3*len(args) || after(t, again[2*len(args):], "--python-version") != "3.14" {
				t.Errorf("pip was not called for another version: %q", again)
			}
		})
	}
}

// TestPythonRequirementsIncluded: what requirements.txt includes decides with it (a fake pip records its calls).
func TestPythonRequirementsIncluded(t *testing.T) {
	calls := tool(t, "python3", install)
	u := function(t, "python3.13", "app.handler", map[string]string{"app.py": "", "requirements.txt": "-r more.txt\n--constraint=limits.txt\n./local.whl\n",
		"more.txt": "dep\n", "limits.txt": "dep<2\n", "local.whl": "1"})
	p := packer(t)
	a := must(t, p, u)
	n := len(called(t, calls))
	for i, name := range []string{"more.txt", "limits.txt", "local.whl"} {
		if !slices.Contains(a.Inputs, filepath.Join(u.Dir, name)) {
			t.Errorf("%s is not an input", name)
		}
		write(t, u.Dir, map[string]string{name: "dep==1." + name + "\n"})
		must(t, p, u)
		if got := len(called(t, calls)); got != (i+2)*n {
			t.Errorf("pip was not called after a change of %s: %d lines", name, got)
		}
	}
	if err := os.Remove(filepath.Join(u.Dir, "more.txt")); err != nil {
		t.Fatal(err)
	}
	if got := refused(t, p, u, fault.Invalid); !strings.Contains(got, "more.txt") {
		t.Error(got)
	}
}

// TestPythonPipOfAnotherName: where python3 has no pip module, the pip on the PATH (here a fake one) is taken.
func TestPythonPipOfAnotherName(t *testing.T) {
	tool(t, "python3", "echo '/usr/bin/python3: No module named pip' >&2; exit 1")
	calls := tool(t, "pip3", install)
	must(t, packer(t), function(t, "python3.13", "app.handler", map[string]string{"app.py": "", "requirements.txt": "dep"}))
	if args := called(t, calls); len(args) < 2 || args[1] != "install" {
		t.Errorf("pip3 was called with %q", args)
	}
}

// TestPythonErrors: each says the node and what to do; a failed installation is not kept (a fake pip fails).
func TestPythonErrors(t *testing.T) {
	source := map[string]string{"app.py": "", "requirements.txt": "dep"}
	for name, c := range map[string]struct {
		files   map[string]string
		handler string
		pip     string
		code    fault.Code
		says    string
	}{
		"no source":       {source, "main.handler", install, fault.NotFound, "there is no main.py"},
		"handler, no dot": {source, "app", install, fault.Invalid, "does not name a file and a function"},
		"no such wheel":   {source, "app.handler", "echo 'ERROR: No matching distribution found for dep' >&2; exit 1", fault.Invalid, "has a wheel for python3.13 on arm64"},
		"index out of reach": {source, "app.handler", "echo 'Failed to establish a new connection: [Errno 111]' >&2; exit 1", fault.Unavailable,
			"pip does not reach its index"},
		"other failure": {source, "app.handler", "echo 'ERROR: Invalid requirement: dep' >&2; exit 1", fault.Invalid, "Invalid requirement: dep"},
	} {
		t.Run(name, func(t *testing.T) {
			tool(t, "python3", c.pip)
			cache := t.TempDir()
			p := pack.New(pack.Deps{CacheDir: cache})
			u := function(t, "python3.13", c.handler, c.files)
			for range 2 {
				if got := refused(t, p, u, c.code); !strings.Contains(got, c.says) {
					t.Errorf("got %q, want %q in it", got, c.says)
				}
			}
			if left, _ := filepath.Glob(filepath.Join(cache, "*-*")); len(left) > 0 {
				t.Errorf("left in the cache: %q", left)
			}
		})
	}
	t.Run("no pip", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if got := refused(t, packer(t), function(t, "python3.13", "app.handler", source), fault.Unavailable); !strings.Contains(got, "pip is not installed") {
			t.Error(got)
		}
	})
}

// TestPythonRealPip installs a wheel from the function's folder with the real pip, for another machine than this one.
func TestPythonRealPip(t *testing.T) {
	t.Parallel()
	if exec.Command("python3", "-m", "pip", "--version").Run() != nil {
		t.Skip("needs python3 with pip")
	}
	var wheel bytes.Buffer
	z := zip.NewWriter(&wheel)
	for _, f := range [][2]string{
		{"dep.py", "answer = 42\n"},
		{"dep-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: dep\nVersion: 1.0\n"},
		{"dep-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: cp313-cp313-manylinux2014_aarch64\n"},
		{"dep-1.0.dist-info/entry_points.txt", "[console_scripts]\ndep = dep:main\n"},
		{"dep-1.0.dist-info/RECORD", "dep.py,,\ndep-1.0.dist-info/METADATA,,\ndep-1.0.dist-info/WHEEL,,\ndep-1.0.dist-info/entry_points.txt,,\ndep-1.0.dist-info/RECORD,,\n"},
	} {
		w, err := z.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	name := "dep-1.0-cp313-cp313-manylinux2014_aarch64.whl"
	u := function(t, "python3.13", "app.handler", map[string]string{"app.py": "import dep\n", "requirements.txt": "./wheels/" + name + "\n",
		"wheels/" + name: wheel.String()})
	a := must(t, packer(t), u)
	for _, want := range []string{"app.py", "dep.py", "dep-1.0.dist-info/METADATA"} {
		if !slices.Contains(files(t, a), want) {
			t.Errorf("no %s in %q", want, files(t, a))
		}
	}
	for _, f := range files(t, a) {
		if strings.HasPrefix(f, "bin/") || strings.HasSuffix(f, "/RECORD") || strings.Contains(f, "__pycache__") {
			t.Errorf("%s is in the zip", f)
		}
	}
}
