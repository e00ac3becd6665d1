package pack

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"airloom/backend/fault"

	"github.com/evanw/esbuild/pkg/api"
)

// provided are the modules that every Node.js runtime of Lambda brings along.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
var provided = []string{"@aws-sdk/*"}

// module is the source of a unit's handler, and how it is to be bundled.
type module struct {
	unit   Unit
	stem   string // of the handler and of the output, slash-separated: "index", "src/orders"
	export string
	entry  string // the source, relative to the unit's folder
	format string // esm or cjs
	sure   bool   // of the format
	refs   []ref  // what finding all this depended on
}

// script packs JavaScript and TypeScript: the handler's module and everything that it imports become one file,
// with a source map beside it.
func script(ctx context.Context, j *job) error {
	u := j.unit
	m, err := findModule(u)
	if err != nil {
		return err
	}
	b := j.together[m.output()]
	if b == nil {
		if b, err = j.bundle(ctx, m, false); err != nil {
			return err
		}
	}
	if !m.sure && b.format != m.format {
		m.format = b.format
		if b, err = j.bundle(ctx, m, false); err != nil {
			return err
		}
	}
	if b.needsRequire() {
		if b, err = j.bundle(ctx, m, true); err != nil {
			return err
		}
	}
	if err := b.checkExport(m); err != nil {
		return err
	}
	for _, f := range b.files {
		name, err := filepath.Rel(u.Dir, f.Path)
		if err != nil || !filepath.IsLocal(name) {
			return fault.New(fault.Internal, "esbuild wrote %s outside the bundle", f.Path).At(u.Node)
		}
		j.entries = append(j.entries, inMemory(filepath.ToSlash(name), f.Contents))
	}
	j.warnings = append(j.warnings, b.warnings...)
	j.inputs.add(m.refs...)
	j.watch(b.sources)
	return nil
}

// output is the path of the bundle without its suffix. (Nothing is written there.)
func (m *module) output() string { return filepath.Join(m.unit.Dir, filepath.FromSlash(m.stem)) }

// splitHandler takes "src/index.handler" apart: "src/index" and "handler". Lambda's runtimes cut at the first dot
// of the last path element.
func splitHandler(u Unit) (stem, export string, err error) {
	dir, base := path.Split(u.Handler)
	name, export, ok := strings.Cut(base, ".")
	stem = dir + name
	if !ok || name == "" || export == "" || !filepath.IsLocal(filepath.FromSlash(stem)) || path.Clean(stem) != stem {
		return "", "", fault.New(fault.Invalid, "the handler %q of %q does not name a file and a function in it", u.Handler, u.Name).
			At(u.Node).Try("Write it as file.function, for instance index.handler.")
	}
	return stem, export, nil
}

var moduleSuffixes = []string{".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"}

// findModule finds the source of the handler's module, in the unit's folder or in src there. TypeScript wins over JavaScript
// that a compiler may have left beside it.
func findModule(u Unit) (*module, error) {
	stem, export, err := splitHandler(u)
	if err != nil {
		return nil, err
	}
	if !target.MatchString(u.Runtime) {
		return nil, fault.New(fault.Unsupported, "the runtime %q is not known", u.Runtime).At(u.Node).Try("Choose nodejs22.x or nodejs24.x.")
	}
	if u.Format != "" && u.Format != "esm" && u.Format != "cjs" {
		return nil, fault.New(fault.Invalid, "the module format %q is not known", u.Format).At(u.Node).Try("Choose esm or cjs.")
	}
	m := &module{unit: u, stem: stem, export: export}
	for _, folder := range []string{"", "src"} {
		within := filepath.Join(folder, filepath.FromSlash(path.Dir(stem)))
		m.refs = append(m.refs, ref{modules, filepath.Join(u.Dir, within)}) // it could gain a file that would win
		entries, _ := os.ReadDir(filepath.Join(u.Dir, within))
		for _, suffix := range moduleSuffixes {
			name := path.Base(stem) + suffix
			if slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == name && !e.IsDir() }) {
				m.entry = filepath.Join(within, name)
				m.format, m.sure = moduleFormat(u, m.entry)
				return m, nil
			}
		}
	}
	return nil, fault.New(fault.NotFound, "the handler %s of %q has no source: neither %s.ts, .mts, .js, .mjs, .cjs nor the same in src exists in %s",
		u.Handler, u.Name, stem, u.Dir).At(u.Node).Try("Create %s.ts, or change the handler.", stem)
}

var moduleSyntax = regexp.MustCompile(`(?m)^\s*(?:import\b\s*[\w{*"']|export\b\s*[\w{*])`)

// moduleFormat decides between ESM and CommonJS as Node.js does: by the suffix, by "type" in the nearest package.json,
// by the syntax that the file uses. The last is a guess until esbuild has parsed the file; sure says so.
// https://nodejs.org/api/packages.html#determining-module-system
func moduleFormat(u Unit, entry string) (format string, sure bool) {
	if u.Format != "" {
		return u.Format, true
	}
	switch filepath.Ext(entry) {
	case ".mts", ".mjs":
		return "esm", true
	case ".cts", ".cjs":
		return "cjs", true
	}
	for dir := range parents(filepath.Dir(filepath.Join(u.Dir, entry))) {
		data, err := os.ReadFile(filepath.Join(dir, "package.json"))
		if err != nil {
			continue
		}
		var pkg struct{ Type string }
		if json.Unmarshal(data, &pkg) == nil && pkg.Type == "module" {
			return "esm", true
		} else if pkg.Type == "commonjs" {
			return "cjs", true
		}
		break
	}
	source, _ := os.ReadFile(filepath.Join(u.Dir, entry))
	if moduleSyntax.Match(source) {
		return "esm", false
	}
	return "cjs", false
}

// parents yields a folder and all folders above it.
func parents(dir string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for yield(dir) {
			up := filepath.Dir(dir)
			if up == dir {
				return
			}
			dir = up
		}
	}
}

var target = regexp.MustCompile(`^nodejs(\d+)\.x$`)

// message is "file:line:column: text", the file relative to the unit's root.
func message(m api.Message) string {
	if m.Location == nil {
		return m.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", filepath.ToSlash(m.Location.File), m.Location.Line, m.Location.Column+1, m.Text)
}

func buildErrors(u Unit, messages []api.Message) error {
	var all []error
	for _, m := range messages {
		e := fault.New(fault.Invalid, "%s", message(m)).At(u.Node)
		if m.Location != nil && m.Location.LineText != "" {
			e.Hint = strings.TrimSpace(m.Location.LineText)
		}
		for _, n := range m.Notes {
			e.Hint = n.Text
		}
		if name := unresolved(m); name != "" {
			e.Hint = fmt.Sprintf("No package.json above it asks for %s: run npm install %s in %s.", name, name, u.Dir)
		}
		all = append(all, e)
	}
	return joined(all)
}
