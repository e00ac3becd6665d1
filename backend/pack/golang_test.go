package pack_test

import (
	"bytes"
	"debug/elf"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/pack"
)

// goProgram is a program with an embedded file and a module of its own beside it.
func goProgram() map[string]string {
	return map[string]string{
		"fn/go.mod":       "module fn\n\ngo 1.24\n\nrequire lib v0.0.0\n\nreplace lib => ../lib\n",
		"fn/main.go":      "package main\n\nimport (\n\t_ \"embed\"\n\n\t\"lib\"\n)\n\n//go:embed greeting.txt\nvar greeting string\n\nfunc main() { print(greeting, lib.Name) }\n",
		"fn/greeting.txt": "hello ",
		"lib/go.mod":      "module lib\n\ngo 1.24\n",
		"lib/lib.go":      "package lib\n\nconst Name = \"you\"\n",
	}
}

func goUnit(t *testing.T) pack.Unit {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, goProgram())
	return pack.Unit{Node: "n1", Name: "fn", Dir: filepath.Join(dir, "fn"), Root: dir, Runtime: "provided.al2023", Handler: "bootstrap"}
}

// TestGoCrossCompiles compiles for linux on arm64 whatever this machine is: one static executable named bootstrap, the same
// bytes from any folder, nothing of this machine in it.
func TestGoCrossCompiles(t *testing.T) {
	t.Parallel()
	u := goUnit(t)
	a := must(t, packer(t), u)
	f := open(t, a).File
	if len(f) != 1 || f[0].Name != "bootstrap" || f[0].Mode() != 0o755 {
		t.Fatalf("the zip holds %q", files(t, a))
	}
	code := text(t, a, "bootstrap")
	program, err := elf.NewFile(strings.NewReader(code))
	if err != nil {
		t.Fatal(err)
	}
	if program.Machine != elf.EM_AARCH64 || program.Type != elf.ET_EXEC {
		t.Errorf("it is %v, %v", program.Machine, program.Type)
	}
	if libraries, _ := program.ImportedLibraries(); len(libraries) > 0 {
		t.Errorf("it needs %q", libraries)
	}
	if strings.Contains(code, u.Root) {
		t.Error("the folder's name is in the executable")
	}
	if other := must(t, packer(t), goUnit(t)); other.Digest != a.Digest {
		t.Error("another folder gives other bytes")
	}
	if len(a.Warnings) > 0 {
		t.Errorf("warnings: %q", a.Warnings)
	}
}

// TestGoChanges compiles again only if a file that the build reads changed: the source, what it embeds, a module that a folder
// replaces; and the result runs.
func TestGoChanges(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("runs the executable")
	}
	t.Parallel()
	u := goUnit(t)
	u.Arch = "x86_64"
	p := pack.New(pack.Deps{CacheDir: t.TempDir(), Now: later})
	runs := func(want string, cached bool) {
		t.Helper()
		a := must(t, p, u)
		out, err := exec.Command(filepath.Join(unzip(t, a), "bootstrap")).CombinedOutput()
		if err != nil || string(out) != want || a.Cached != cached {
			t.Errorf("it says %q, %v, cached: %v", out, err, a.Cached)
		}
		for _, name := range []string{"fn/main.go", "fn/greeting.txt", "fn/go.mod", "lib/lib.go"} {
			if !slices.Contains(a.Inputs, filepath.Join(u.Root, name)) {
				t.Errorf("%s is not among the inputs %q", name, a.Inputs)
			}
		}
	}
	runs("hello you", false)
	runs("hello you", true)
	write(t, u.Dir, map[string]string{"greeting.txt": "bye "})
	runs("bye you", false)
	write(t, u.Root, map[string]string{"lib/lib.go": "package lib\n\nvar Name = \"me\"\n"})
	runs("bye me", false)
	write(t, u.Dir, map[string]string{"more.go": "package main\n\nimport \"lib\"\n\nfunc init() { lib.Name = \"us\" }\n"})
	runs("bye us", false)
	write(t, u.Root, map[string]string{"lib/lib_test.go": "package lib_test\n"})
	write(t, u.Root, map[string]string{"unrelated.txt": "x"})
	must(t, p, u) // a new name in a package's folder is looked at
	runs("bye us", true)
}

// TestGoErrors: each says the place, the node, and what to do.
func TestGoErrors(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		says  string
	}{
		"syntax":     {map[string]string{"go.mod": "module fn\n", "main.go": "package main\n\nfunc main() { x := }\n"}, "main.go:3:20: syntax error"},
		"types":      {map[string]string{"go.mod": "module fn\n", "main.go": "package main\n\nfunc main() { undefinedName() }\n"}, "main.go:3:15: undefined: undefinedName"},
		"no module":  {map[string]string{"main.go": "package main\n\nfunc main() {}\n"}, "Run go mod init in"},
		"not main":   {map[string]string{"go.mod": "module fn\n", "lib.go": "package lib\n"}, "with package main"},
		"only tests": {map[string]string{"go.mod": "module fn\n", "x_test.go": "package main\n"}, "no non-test Go files"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := refused(t, packer(t), function(t, "provided.al2023", "bootstrap", c.files), fault.Invalid); !strings.Contains(got, c.says) {
				t.Errorf("got %q, want %q in it", got, c.says)
			}
		})
	}
}

// TestGoMissing: a machine without Go, and one without its module proxy, is told what to do.
func TestGoMissing(t *testing.T) {
	source := map[string]string{"go.mod": "module fn\n\nrequire example.invalid/x v1.0.0\n", "main.go": "package main\n\nimport _ \"example.invalid/x\"\n\nfunc main() {}\n"}
	t.Run("proxy", func(t *testing.T) {
		t.Setenv("GOPROXY", "http://127.0.0.1:9")
		t.Setenv("GONOSUMDB", "*")
		t.Setenv("GOFLAGS", "-mod=mod")
		if got := refused(t, packer(t), function(t, "provided.al2023", "bootstrap", source), fault.Unavailable); !strings.Contains(got, "proxy cannot be reached") {
			t.Error(got)
		}
	})
	t.Run("go", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if got := refused(t, packer(t), function(t, "provided.al2023", "bootstrap", source), fault.Unavailable); !strings.Contains(got, "go is not installed") {
			t.Error(got)
		}
	})
}

// TestVerbatim packs an executable that is there already, and tells one that is for another machine.
func TestVerbatim(t *testing.T) {
	header := append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 57)...)
	header[18] = 0x3e // EM_X86_64
	u := function(t, "provided.al2023", "bootstrap", map[string]string{"bootstrap": string(header), "data/x": "x", ".env": "SECRET=1"})
	a := must(t, packer(t), u)
	if got := files(t, a); !slices.Equal(got, []string{"bootstrap", "data/x"}) || !slices.Equal(a.LeftOut, []string{".env"}) {
		t.Errorf("the zip holds %q, left out: %q", got, a.LeftOut)
	}
	if want := "bootstrap is native code for x86_64, the function runs on arm64"; !slices.Contains(a.Warnings, want) {
		t.Errorf("warnings: %q", a.Warnings)
	}
	if !bytes.Equal([]byte(text(t, a, "bootstrap")), header) {
		t.Error("bootstrap changed on its way")
	}
	u.Arch = "x86_64"
	if a := must(t, packer(t), u); len(a.Warnings) > 0 {
		t.Errorf("warnings: %q", a.Warnings)
	}
	if got := refused(t, packer(t), function(t, "provided.al2023", "bootstrap", map[string]string{"main.c": ""}), fault.Invalid); !strings.Contains(got, "a build command") {
		t.Error(got)
	}
}
