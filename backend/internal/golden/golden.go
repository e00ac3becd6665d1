// Package golden compares what was made with what a file beside the test says, in the txtar format: one readable file holds
// what goes in and what must come out. `go test ./… -update` writes the files anew; read the difference before committing it.
package golden

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write golden files anew")

// Case is one txtar file of a test.
type Case struct {
	Path string
	Name string // the file's name without its ending

	t       *testing.T
	archive *txtar.Archive
}

// Each runs f as a subtest for every file that matches the pattern; a pattern that matches none fails.
func Each(t *testing.T, pattern string, f func(*testing.T, *Case)) {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files match %s: %v", pattern, err)
	}
	for _, p := range paths {
		name := strings.TrimSuffix(filepath.Base(p), filepath.Ext(p))
		t.Run(name, func(t *testing.T) {
			a, err := txtar.ParseFile(p)
			if err != nil {
				t.Fatal(err)
			}
			f(t, &Case{Path: p, Name: name, t: t, archive: a})
		})
	}
}

// Mirror runs f as a subtest for every case of a file that the interface's tests read too: its parts are the files named
// case/part. A file with few cases fails, since it can hardly have been read.
func Mirror(t *testing.T, path string, f func(t *testing.T, part map[string][]byte)) {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]map[string][]byte{}
	for _, file := range a.Files {
		name, part, _ := strings.Cut(file.Name, "/")
		if cases[name] == nil {
			cases[name] = map[string][]byte{}
		}
		cases[name][part] = file.Data
	}
	if len(cases) < 10 {
		t.Fatalf("only %d cases were read from %s", len(cases), path)
	}
	for name, parts := range cases {
		t.Run(name, func(t *testing.T) { f(t, parts) })
	}
}

// Input is a file of the case; one that is not there fails the test.
func (c *Case) Input(name string) []byte {
	c.t.Helper()
	for _, f := range c.archive.Files {
		if f.Name == name {
			return f.Data
		}
	}
	c.t.Fatalf("%s has no file %s", c.Path, name)
	return nil
}

// Has tells whether the case has a file.
func (c *Case) Has(name string) bool {
	for _, f := range c.archive.Files {
		if f.Name == name {
			return true
		}
	}
	return false
}

// Want compares what was made with a file of the case, or writes that file with -update.
func (c *Case) Want(name string, got []byte) {
	c.t.Helper()
	if len(got) > 0 && got[len(got)-1] != '\n' {
		got = append(bytes.Clone(got), '\n') // txtar ends every file with a line break
	}
	for i := range c.archive.Files {
		f := &c.archive.Files[i]
		if f.Name != name {
			continue
		}
		if bytes.Equal(f.Data, got) {
			return
		}
		if *update {
			f.Data = got
			c.write()
			return
		}
		c.t.Errorf("%s, %s differs (go test -update writes it anew)\n--- want\n%s--- got\n%s", c.Path, name, f.Data, got)
		return
	}
	if !*update {
		c.t.Errorf("%s has no file %s (go test -update adds it)\n--- got\n%s", c.Path, name, got)
		return
	}
	c.archive.Files = append(c.archive.Files, txtar.File{Name: name, Data: got})
	c.write()
}

func (c *Case) write() {
	c.t.Helper()
	if err := os.WriteFile(c.Path, txtar.Format(c.archive), 0o644); err != nil {
		c.t.Fatal(err)
	}
}
