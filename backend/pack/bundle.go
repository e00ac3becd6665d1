package pack

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"airloom/backend/fault"

	"github.com/evanw/esbuild/pkg/api"
)

// describe reads from esbuild's metafile what the entry is and exports.
func (b *bundle) describe(result api.BuildResult, o api.BuildOptions) (*bundled, error) {
	var meta struct {
		Inputs  map[string]struct{ Format string }
		Outputs map[string]struct {
			EntryPoint string
			Exports    []string
			Imports    []struct {
				Kind     string
				External bool
			}
		}
	}
	if err := json.Unmarshal([]byte(result.Metafile), &meta); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "reading esbuild's metafile").At(b.job.unit.Node)
	}
	out := &bundled{files: result.OutputFiles, format: "cjs"}
	if meta.Inputs[filepath.ToSlash(b.entry)].Format == "esm" {
		out.format = "esm"
	}
	for _, f := range meta.Outputs {
		if f.EntryPoint != "" && o.Format == api.FormatESModule {
			out.exports = append([]string{}, f.Exports...)
		}
	}
	return out, nil
}

var reExport = regexp.MustCompile(`(?m)^export \* from `)

// checkExport refuses a handler that the module does not export, where that is known: Lambda would say so only when
// the function is called.
func (r *bundled) checkExport(u Unit, entry, export string) error {
	name, _, _ := strings.Cut(export, ".")
	if r.exports == nil || slices.Contains(r.exports, name) {
		return nil
	}
	for _, f := range r.files {
		if strings.HasSuffix(f.Path, ".mjs") && reExport.Match(f.Contents) {
			return nil // from a package outside the bundle
		}
	}
	if r.format == "cjs" {
		return fault.New(fault.Invalid, "%s is written in CommonJS but is to be loaded as an ES module, which cannot see what it exports", entry).
			At(u.Node).Try("Write `export const %s = …`, name the file .cjs, or remove \"type\": \"module\" from package.json.", name)
	}
	e := fault.New(fault.Invalid, "%s exports no %q", entry, name).At(u.Node)
	if len(r.exports) == 0 {
		return e.Try("Write `export const %s = …`, or change the handler.", name)
	}
	return e.Try("It exports %s: rename one, or change the handler %s.", strings.Join(r.exports, ", "), u.Handler)
}

// sources keeps what a bundle was made of, by reading the files in esbuild's place: so the state that the cache
// remembers is certainly the state that was bundled.
type sources struct {
	mu    sync.Mutex
	files map[string]string // path → state
}

func (s *sources) plugin(r *run) api.Plugin {
	return api.Plugin{Name: "airloom", Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "file"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			text, state, err := r.source(a.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			s.mu.Lock()
			if s.files == nil {
				s.files = map[string]string{}
			}
			s.files[a.Path] = state
			s.mu.Unlock()
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderDefault}, nil
		})
	}}
}

// loaded is a source file and its state, read at once.
type loaded struct {
	text, state string
	err         error
}

// source reads a file once per call of Pack: most functions share some.
func (r *run) source(path string) (text, state string, err error) {
	if l, ok := r.loaded.Load(path); ok {
		return l.(loaded).text, l.(loaded).state, l.(loaded).err
	}
	l := r.read(path)
	r.loaded.Store(path, l)
	return l.text, l.state, l.err
}

func (r *run) read(path string) loaded {
	f, err := os.Open(path)
	if err != nil {
		return loaded{err: err}
	}
	defer f.Close()
	at := r.packer.deps.Now()
	info, err := f.Stat()
	if err != nil {
		return loaded{err: err}
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return loaded{err: err}
	}
	sum := sha256.Sum256(data)
	state := hex.EncodeToString(sum[:])
	r.states.saw(path, info, at, state)
	return loaded{text: string(data), state: state}
}

// steering are the files, beside the sources and in every folder above them, that steer how modules are found and
// compiled. What is not there yet matters too.
var steering = []string{"package.json", "tsconfig.json", "jsconfig.json", ".pnp.cjs", ".pnp.data.json"}

// refs notes what the bundle was made of, and what could make the next one different.
func (s *sources) refs(j *job) {
	folders := map[string]bool{}
	for path, state := range s.files {
		j.inputs.took(ref{content, path}, state)
		folders[filepath.Dir(path)] = true
	}
	above := map[string]bool{}
	for folder := range folders {
		j.inputs.add(ref{modules, folder})
		for dir := range parents(folder) {
			if above[dir] {
				break
			}
			above[dir] = true
			j.inputs.add(j.run.steering(dir, folders[dir])...)
		}
	}
}

// steering gives the refs of one folder. If its names are watched anyway, absent files need not be.
func (r *run) steering(dir string, watched bool) []ref {
	var refs []ref
	for _, name := range steering {
		path := filepath.Join(dir, name)
		_, err := os.Stat(path)
		if err == nil || !watched {
			refs = append(refs, ref{content, path})
		}
		if err == nil && strings.HasSuffix(name, "sconfig.json") {
			refs = append(refs, extended(path, 0)...)
		}
	}
	packages := filepath.Join(dir, "node_modules")
	_, err := os.Stat(packages)
	if err == nil || !watched {
		refs = append(refs, ref{modules, packages})
	}
	if err == nil {
		entries, _ := os.ReadDir(packages)
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), "@") {
				refs = append(refs, ref{modules, filepath.Join(packages, e.Name())})
			}
		}
	}
	return refs
}

var (
	extends = regexp.MustCompile(`"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")`)
	quoted  = regexp.MustCompile(`"([^"]+)"`)
)

// extended gives the files that a tsconfig.json builds on. It looks with a regular expression: the file may hold comments
// and trailing commas, and at worst a file too many is watched.
func extended(path string, depth int) []ref {
	data, err := os.ReadFile(path)
	m := extends.FindSubmatch(data)
	if err != nil || m == nil || depth > 8 {
		return nil
	}
	var refs []ref
	for _, q := range quoted.FindAllStringSubmatch(string(m[1]), -1) {
		var candidates []string
		if strings.HasPrefix(q[1], ".") || filepath.IsAbs(q[1]) {
			base := q[1]
			if !filepath.IsAbs(base) {
				base = filepath.Join(filepath.Dir(path), base)
			}
			candidates = append(candidates, base, base+".json")
		} else {
			for dir := range parents(filepath.Dir(path)) {
				base := filepath.Join(dir, "node_modules", filepath.FromSlash(q[1]))
				candidates = append(candidates, base, base+".json", filepath.Join(base, "tsconfig.json"))
			}
		}
		for _, c := range candidates {
			if info, err := os.Stat(c); err == nil && info.Mode().IsRegular() {
				refs = append(refs, ref{content, c})
				refs = append(refs, extended(c, depth+1)...)
			}
		}
	}
	return refs
}

// joined is errors.Join, but gives a single error as it is.
func joined(all []error) error {
	if len(all) == 1 {
		return all[0]
	}
	return errors.Join(all...)
}
