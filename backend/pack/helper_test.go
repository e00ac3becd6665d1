package pack_test

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/pack"
)

// function writes files into a new folder and gives the unit for it.
func function(t *testing.T, runtime, handler string, files map[string]string) pack.Unit {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "fn")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, dir, files)
	return pack.Unit{Node: "n1", Name: "fn", Dir: dir, Runtime: runtime, Handler: handler}
}

func packer(t *testing.T) *pack.Packer {
	t.Helper()
	return pack.New(pack.Deps{CacheDir: t.TempDir()})
}

// must packs one unit and wants it to work.
func must(t *testing.T, p *pack.Packer, u pack.Unit) pack.Artifact {
	t.Helper()
	all, err := p.Pack(t.Context(), []pack.Unit{u})
	if err != nil {
		t.Fatalf("packing: %v (%s)", err, hint(err))
	}
	return all[0]
}

// refused packs one unit and wants it to fail with a code, at the unit's node, and with a hint; it gives the message.
func refused(t *testing.T, p *pack.Packer, u pack.Unit, code fault.Code) string {
	t.Helper()
	all, err := p.Pack(t.Context(), []pack.Unit{u})
	var e *fault.Error
	if !errors.As(err, &e) {
		t.Fatalf("packed %v, or failed without a fault: %v", all, err)
	}
	if e.Code != code {
		t.Errorf("code %s, not %s: %v", e.Code, code, err)
	}
	if e.Where != u.Node {
		t.Errorf("the error is at %q, not at the node: %v", e.Where, err)
	}
	if e.Hint == "" && code != fault.Canceled {
		t.Errorf("no hint: %v", err)
	}
	if all[0].Path != "" {
		t.Errorf("a failed unit has the zip %s", all[0].Path)
	}
	return err.Error() + "\n" + e.Hint
}

func hint(err error) string {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}

// files gives the names in the zip, in its order.
func files(t *testing.T, a pack.Artifact) []string {
	t.Helper()
	var names []string
	for _, f := range open(t, a).File {
		names = append(names, f.Name)
	}
	return names
}

func open(t *testing.T, a pack.Artifact) *zip.ReadCloser {
	t.Helper()
	z, err := zip.OpenReader(a.Path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { z.Close() })
	return z
}

// text reads a file of the zip.
func text(t *testing.T, a pack.Artifact, name string) string {
	t.Helper()
	f, err := open(t, a).Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// unzip extracts the zip as Lambda would.
func unzip(t *testing.T, a pack.Artifact) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range open(t, a).File {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text(t, a, f.Name)), f.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// invoke runs a packed Node.js function once and gives what it answers.
func invoke(t *testing.T, a pack.Artifact, module, event string) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("needs node")
	}
	dir := unzip(t, a)
	driver := `import(process.argv[1]).then(async (m) => console.log(JSON.stringify(await m.handler(JSON.parse(process.argv[2])))))`
	cmd := exec.Command("node", "--enable-source-maps", "-e", driver, filepath.Join(dir, module), event)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// tool puts a fake build tool on the PATH: a shell script that first records how it was called, in the file that is given
// back. In the script $CALLS is that file.
func tool(t *testing.T, name, script string) (calls string) {
	t.Helper()
	bin := t.TempDir()
	calls = filepath.Join(bin, "calls")
	text := "#!/bin/sh\nCALLS='" + calls + "'\n{ echo \"$PWD\"; for a in \"$@\"; do echo \"$a\"; done; } >> \"$CALLS\"\n" + script + "\n"
	if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	return calls
}

// called reads what a fake tool recorded: the folder, then one argument a line.
func called(t *testing.T, calls string) []string {
	t.Helper()
	b, err := os.ReadFile(calls)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

// after gives what follows an argument.
func after(t *testing.T, args []string, flag string) string {
	t.Helper()
	i := slices.Index(args, flag)
	if i < 0 || i+1 >= len(args) {
		t.Fatalf("no %s in %q", flag, args)
	}
	return args[i+1]
}

func canceledContext() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// told is an error with its hint.
func told(err error) string {
	if err == nil {
		return ""
	}
	return err.Error() + "\n" + hint(err)
}

// later is a clock that is ahead, for which every file was written long ago: so the cache trusts what the file system says
// without a test having to wait.
func later() time.Time { return time.Now().Add(time.Hour) }

// digest is the SHA-256 of a file.
func digest(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
