package pack_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/pack"
)

// built is a function with a build command.
func built(t *testing.T, build, output string) pack.Unit {
	t.Helper()
	u := function(t, "provided.al2023", "bootstrap", map[string]string{"src/main.txt": "#!/bin/sh\necho hi\n"})
	u.Build, u.Output = build, output
	return u
}

// TestCustomFolder packs the folder that a command leaves, tells it what it builds for, and always asks it again.
func TestCustomFolder(t *testing.T) {
	u := built(t, `echo "$AIRLOOM_ARCH $AIRLOOM_RUNTIME $AIRLOOM_OUTPUT" >> calls; mkdir -p dist/lib; cp src/main.txt dist/bootstrap; echo x > dist/lib/x`, "dist")
	u.Arch = "x86_64"
	p := packer(t)
	a := must(t, p, u)
	if got := files(t, a); !slices.Equal(got, []string{"bootstrap", "lib/x"}) {
		t.Errorf("the zip holds %q", got)
	}
	if f := open(t, a).File[0]; f.Mode() != 0o755 {
		t.Errorf("bootstrap has the mode %v", f.Mode())
	}
	again := must(t, p, u)
	if again.Digest != a.Digest || again.Cached {
		t.Errorf("the second time: %+v", again)
	}
	calls, err := os.ReadFile(filepath.Join(u.Dir, "calls"))
	if want := "x86_64 provided.al2023 dist\n"; string(calls) != want+want {
		t.Errorf("calls: %q, %v", calls, err)
	}
}

// TestCustomErrors: a command that fails is told in its own words, and nothing outside the function's folder is packed.
func TestCustomErrors(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, map[string]string{"bootstrap": "#!/bin/sh\n", "x.zip": ""})
	for name, c := range map[string]struct {
		build, output string
		code          fault.Code
		says          string
	}{
		"fails":              {"echo one; echo 'src/main.txt:3: two' >&2; exit 2", "dist", fault.Invalid, "one\nsrc/main.txt:3: two"},
		"no such program":    {"no-such-program-at-all", "dist", fault.Invalid, "no-such-program-at-all"},
		"leaves nothing":     {"true", "dist", fault.Invalid, "left no dist"},
		"leaves it empty":    {"mkdir dist", "dist", fault.Invalid, "none"},
		"no output":          {"touch ran", "", fault.Invalid, "needs an output"},
		"above":              {"touch ran", "../out", fault.Invalid, "needs an output"},
		"above, in disguise": {"touch ran", "dist/../../out", fault.Invalid, "needs an output"},
		"absolute":           {"touch ran", outside, fault.Invalid, "needs an output"},
		"a link outwards":    {"ln -s '" + outside + "' dist", "dist", fault.Invalid, "left no dist"},
		"a zip by a link":    {"ln -s '" + outside + "/x.zip' x.zip", "x.zip", fault.Invalid, "left no x.zip"},
		"below such a link":  {"ln -s '" + filepath.Dir(outside) + "' up", "up/" + filepath.Base(outside), fault.Invalid, "left no up"},
		"neither":            {"echo x > result", "result", fault.Invalid, "neither a folder nor a zip"},
		"not a zip":          {"echo x > result.zip", "result.zip", fault.Invalid, "reading the zip"},
		"no bootstrap":       {"mkdir dist; echo x > dist/main", "dist", fault.Invalid, "named bootstrap"},
		"Windows line ends":  {`mkdir dist; printf '#!/bin/sh\r\necho\r\n' > dist/bootstrap`, "dist", fault.Invalid, "Windows line ends"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := built(t, c.build, c.output)
			if got := refused(t, packer(t), u, c.code); !strings.Contains(got, c.says) {
				t.Errorf("got %q, want %q in it", got, c.says)
			}
			if _, err := os.Stat(filepath.Join(u.Dir, "ran")); err == nil {
				t.Error("the command ran although its output could not be packed")
			}
		})
	}
}

// archive is a zip as a build command may leave it.
func archive(t *testing.T, entries ...*zip.FileHeader) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, h := range entries {
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(h.Name, "/") {
			if _, err := w.Write([]byte("#!/bin/sh\n")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func named(name string, mode fs.FileMode) *zip.FileHeader {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Now()}
	h.SetMode(mode)
	return h
}

// zipped is a function whose build command leaves a zip with these bytes.
func zipped(t *testing.T, data []byte) pack.Unit {
	t.Helper()
	u := built(t, "true", "out.zip")
	write(t, u.Dir, map[string]string{"out.zip": string(data)})
	return u
}

// TestCustomZip packs a zip anew: sorted, without times, with plain modes, without what does not belong into it.
func TestCustomZip(t *testing.T) {
	u := zipped(t, archive(t, named("z.txt", 0o600), named("lib/", fs.ModeDir|0o755), named("./lib/tool", 0o711), named("bootstrap", 0o644),
		named(".env", 0o644), named(".git/config", 0o644), named("certs/server.pem", 0o600), named("link", fs.ModeSymlink|0o777), named("é ü.txt", 0o644)))
	a := must(t, packer(t), u)
	var got []string
	for _, f := range open(t, a).File {
		got = append(got, f.Mode().String()+" "+f.Name)
	}
	if want := []string{"-rwxr-xr-x bootstrap", "-rwxr-xr-x lib/tool", "-rw-r--r-- z.txt", "-rw-r--r-- é ü.txt"}; !slices.Equal(got, want) {
		t.Errorf("the zip holds %q", got)
	}
	if want := []string{".env", ".git/config", "certs/server.pem", "link"}; !slices.Equal(a.LeftOut, want) {
		t.Errorf("left out: %q", a.LeftOut)
	}
}

// TestCustomZipHostileNames (I1): a name that leads elsewhere, or to different files on different systems, is refused, wherever
// it stands in the archive.
func TestCustomZipHostileNames(t *testing.T) {
	names := []string{
		"../x", "../../etc/passwd", "a/../../x", "a/..", "..", "/etc/passwd", "//host/share/x", "/", "./../x", "././x",
		`..\x`, `a\..\..\x`, `\x`, `C:\x`, "C:x", "c:/x", `\\host\share\x`, "x:stream",
		"a//b", "a/./b", "a\x00b", "a\nb", "a\x1b[2Jb", "\xff\xfe",
	}
	if len(names) != 24 {
		t.Fatalf("%d names", len(names))
	}
	for _, name := range names {
		data := archive(t, named("bootstrap", 0o755), named("x", 0o644), named(name, 0o644))
		if strings.HasSuffix(name, "/") {
			data = bytes.ReplaceAll(archive(t, named("bootstrap", 0o755), named("?", 0o644)), []byte("?"), []byte("/"))
		}
		u := zipped(t, data)
		if got := refused(t, packer(t), u, fault.Invalid); !strings.Contains(got, "out.zip holds") {
			t.Errorf("%q: %s", name, got)
		}
	}
	for _, pair := range [][]string{{"a", "a"}, {"a", "./a"}, {"a", "a/b"}, {"a/b/c", "a"}} {
		u := zipped(t, archive(t, named("bootstrap", 0o755), named(pair[0], 0o644), named(pair[1], 0o644)))
		refused(t, packer(t), u, fault.Conflict)
	}
}

// TestCustomZipBombs (I2): an archive that unzips to too much, says so or not, is refused before it costs anything.
func TestCustomZipBombs(t *testing.T) {
	claim := func(data []byte, size uint32) []byte { // changes the size of the last entry in the central directory
		data = bytes.Clone(data)
		at := bytes.LastIndex(data, []byte("PK\x01\x02"))
		binary.LittleEndian.PutUint32(data[at+24:], size)
		return data
	}
	plain := archive(t, named("bootstrap", 0o755), named("big", 0o644))
	stored := archive(t, &zip.FileHeader{Name: "bootstrap", Method: zip.Store})
	var many []*zip.FileHeader
	for range 50_001 {
		many = append(many, &zip.FileHeader{Name: "d/"})
	}
	for name, c := range map[string]struct {
		data []byte
		code fault.Code
		says string
	}{
		"one that is too large":     {claim(plain, 251<<20), fault.Limit, "250.0 MB"},
		"more than it says":         {claim(plain, 1), fault.Invalid, "out.zip is damaged"},
		"less than it says":         {claim(plain, 100<<20), fault.Invalid, "out.zip is damaged"},
		"too many entries":          {archive(t, many...), fault.Limit, "50001 entries"},
		"encrypted":                 {bytes.Replace(plain, []byte("PK\x01\x02\x14\x03\x14\x00\x08"), []byte("PK\x01\x02\x14\x03\x14\x00\x09"), 1), fault.Unsupported, "encrypted"},
		"cut off":                   {plain[:len(plain)-30], fault.Invalid, "reading the zip"},
		"damaged in its middle":     {bytes.Replace(stored, []byte("#!/bin"), []byte("#?/bin"), 1), fault.Invalid, "checksum"},
		"a directory for a program": {archive(t, named("bootstrap/", 0o755)), fault.Invalid, "named bootstrap"},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			if got := refused(t, packer(t), zipped(t, c.data), c.code); !strings.Contains(got, c.says) {
				t.Errorf("got %q, want %q in it", got, c.says)
			}
			if d := time.Since(began); d > 2*time.Second {
				t.Errorf("it took %s", d)
			}
		})
	}
}
