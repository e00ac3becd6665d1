package catalog_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"airloom/backend/catalog"
	"airloom/backend/kind"
)

// A kind is one folder and one line of all.go: nobody else names it, neither in Go nor in the interface. Comments, tests and the
// interface's fakes may. The ids "group" and "note" are words of their own and are left out.
func TestNobodyElseNamesAKind(t *testing.T) {
	ids := map[string]bool{}
	for _, k := range catalog.Shelf() {
		if id := k.Spec().ID; strings.Contains(id, ".") {
			ids[id] = true
		}
	}
	read := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if name == "node_modules" || name == "dist" || name == "bin" || name == "e2e" || len(name) > 2 && name[0] == '.' || path == filepath.FromSlash("../../backend/catalog") {
				return filepath.SkipDir
			}
			return nil
		}
		var named []string
		switch ext := filepath.Ext(name); {
		case ext == ".go" && !strings.HasSuffix(name, "_test.go"):
			named, err = inGo(path)
		case (ext == ".ts" || ext == ".tsx" || ext == ".css") && !strings.Contains(name, ".test.") && !strings.HasPrefix(name, "fake") && !strings.HasPrefix(name, "fixture"):
			named, err = inPage(path)
		default:
			return nil
		}
		read++
		for _, text := range named {
			if ids[text] || strings.HasPrefix(text, "airloom/backend/catalog/") {
				t.Errorf("%s names %s: what it does for this kind belongs into the kind, and into the contract if others need it", path, text)
			}
		}
		return err
	})
	if err != nil || read < 100 {
		t.Fatalf("%d files were read: %v", read, err)
	}
}

// inGo are the texts and imports of a Go file.
func inGo(path string) ([]string, error) {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if text, err := strconv.Unquote(l.Value); err == nil {
				out = append(out, text)
			}
		}
		return true
	})
	return out, nil
}

var quoted = regexp.MustCompile("[\"'`]([a-z0-9.]+)[\"'`]")

// inPage are the quoted words of a file of the interface.
func inPage(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	var out []string
	for _, m := range quoted.FindAllSubmatch(text, -1) {
		out = append(out, string(m[1]))
	}
	return out, err
}

// A folder that nobody put on the shelf would be tried by no test.
func TestEveryFolderStandsOnTheShelf(t *testing.T) {
	on := map[string]bool{}
	for _, k := range catalog.Shelf() {
		on[filepath.FromSlash(folder(k))] = true
	}
	for _, pattern := range []string{"*/kind.go", "*/*/kind.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, f := range found {
			if !on[filepath.Dir(f)] {
				t.Errorf("%s is not in all.go", filepath.Dir(f))
			}
		}
	}
}

// What a port asks of the other side can be had: each word of With is somebody's As.
func TestWhatPortsAskForExists(t *testing.T) {
	as := map[kind.ProtocolID]map[string]bool{}
	say := func(f func(kind.Speak)) {
		for _, k := range catalog.Shelf() {
			for _, p := range k.Spec().Ports {
				for _, s := range p.Speaks {
					f(s)
				}
			}
		}
	}
	say(func(s kind.Speak) {
		if as[s.Protocol] == nil {
			as[s.Protocol] = map[string]bool{}
		}
		as[s.Protocol][s.As] = true
	})
	say(func(s kind.Speak) {
		for _, word := range s.With {
			if word == "" || !as[s.Protocol][word] {
				t.Errorf("a port asks for a %q that speaks %s, and there is none", word, s.Protocol)
			}
		}
	})
}
