package functions

import (
	"archive/zip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"airloom/backend/fault"
)

// zipOf writes one zip of raw entries.
func zipOf(t *testing.T, write func(*zip.Writer)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.zip")
	f, err := os.Create(path)
	must(t, err)
	z := zip.NewWriter(f)
	write(z)
	must(t, z.Close())
	must(t, f.Close())
	return path
}

// I1: no name of an entry leads out of the folder, and nothing but ordinary files is made.
func TestHostileZips(t *testing.T) {
	t.Parallel()
	names := []string{"../out", "a/../../out", "/etc/out", "//out", `..\out`, `a\..\..\out`, `C:\out`, `C:/../../out`, "./a", "a//b", "a/./b", "a/..", "..", ".", "a\x00b", "", "\\\\host\\share\\out", strings.Repeat("../", 50) + "out"}
	for _, name := range names {
		path := zipOf(t, func(z *zip.Writer) {
			w, err := z.CreateHeader(&zip.FileHeader{Name: name})
			must(t, err)
			_, err = w.Write([]byte("x"))
			must(t, err)
		})
		parent := t.TempDir()
		dir := filepath.Join(parent, "code")
		must(t, os.Mkdir(dir, 0o755))
		if err := extract(path, dir); err == nil {
			if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
				t.Errorf("%q was unpacked to %v", name, left)
			}
		}
		if outside, _ := filepath.Glob(filepath.Join(parent, "*")); len(outside) != 1 {
			t.Errorf("%q made %v", name, outside)
		}
		_ = seal(dir, 0o755)
	}
	for _, mode := range []fs.FileMode{fs.ModeSymlink, fs.ModeNamedPipe, fs.ModeDevice, fs.ModeSocket, fs.ModeCharDevice | fs.ModeDevice} {
		path := zipOf(t, func(z *zip.Writer) {
			h := &zip.FileHeader{Name: "link"}
			h.SetMode(mode | 0o777)
			w, err := z.CreateHeader(h)
			must(t, err)
			_, err = w.Write([]byte("/etc/passwd"))
			must(t, err)
		})
		if err := extract(path, t.TempDir()); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("an entry of mode %s: %v", mode, err)
		}
	}
	twice := zipOf(t, func(z *zip.Writer) {
		for range 2 {
			_, err := z.Create("same")
			must(t, err)
		}
	})
	if err := extract(twice, t.TempDir()); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("one name twice: %v", err)
	}
	under := zipOf(t, func(z *zip.Writer) {
		for _, n := range []string{"a", "a/b"} {
			_, err := z.Create(n)
			must(t, err)
		}
	})
	if err := extract(under, t.TempDir()); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a file below a file: %v", err)
	}
	junk := filepath.Join(t.TempDir(), "junk.zip")
	must(t, os.WriteFile(junk, []byte("no zip"), 0o600))
	if err := extract(junk, t.TempDir()); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("no zip at all: %v", err)
	}
}

// I2: what unpacks to too much is stopped in time, whatever its header says.
func TestZipBombs(t *testing.T) {
	t.Parallel()
	zeros := make([]byte, 1<<20)
	large := zipOf(t, func(z *zip.Writer) {
		for _, n := range []string{"a", "b"} {
			w, err := z.Create(n)
			must(t, err)
			for range mostUnzipped>>21 + 1 {
				_, err = w.Write(zeros)
				must(t, err)
			}
		}
	})
	many := zipOf(t, func(z *zip.Writer) {
		for i := range mostEntries + 1 {
			_, err := z.CreateRaw(&zip.FileHeader{Name: "f" + strings.Repeat("x", i%3) + string(rune('0'+i%10))})
			must(t, err)
		}
	})
	for name, path := range map[string]string{"too large": large, "too many": many} {
		began := time.Now()
		if err := extract(path, t.TempDir()); fault.CodeOf(err) != fault.Limit {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("%s: stopped after %s", name, took)
		}
	}
}

// Code is unpacked once, read-only, and keys cannot name another folder.
func TestUnpack(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(d *Deps) { d.SDK = fstest.MapFS{"@aws-sdk/one/index.js": {Data: []byte("1")}} })
	key := b.artifact(map[string]string{"index.mjs": "x", "bootstrap": "y", "deep/er/z": "z"})
	dir, err := b.unpack(key)
	must(t, err)
	for name, mode := range map[string]fs.FileMode{"": fs.ModeDir | 0o555, "index.mjs": 0o444, "bootstrap": 0o555, "deep/er": fs.ModeDir | 0o555} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode() != mode {
			t.Errorf("%q is %v, %v", name, info.Mode(), err)
		}
	}
	must(t, os.Remove(filepath.Join(b.zips, key)))
	if again, err := b.unpack(key); err != nil || again != dir {
		t.Errorf("unpacked again: %s %v", again, err)
	}
	for _, key := range []string{"", ".", "..", "../x", "a/b.zip", `a\b`, "/etc/passwd", "node_modules", "c:x"} {
		if _, err := b.unpack(key); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("key %q: %v", key, err)
		}
	}
	if _, err := b.unpack("unknown.zip"); err == nil {
		t.Error("an artifact that is not there was unpacked")
	}
	if parts, _ := filepath.Glob(b.path("code", ".part-*")); len(parts) > 0 {
		t.Errorf("left behind: %v", parts)
	}
	if text, err := os.ReadFile(b.path("code", "node_modules", "@aws-sdk", "one", "index.js")); err != nil || string(text) != "1" {
		t.Errorf("the SDK: %q %v", text, err)
	}
}
