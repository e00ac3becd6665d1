package pack

import (
	"bytes"
	"context"
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

// bundled is what came out of esbuild for one module.
type bundled struct {
	files    []api.OutputFile
	format   string            // that the entry's syntax asks for
	commonJS bool              // the entry exports as CommonJS does, whatever it is loaded as
	exports  []string          // of the bundle; nil where esbuild does not know them
	sources  map[string]string // what it was made of: path → state
	warnings []string
}

// requireBanner gives CommonJS packages inside an ES module the require that they expect for Node's own modules.
const requireBanner = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`

// needsRequire tells such bundles by the function that esbuild puts into them.
func (b *bundled) needsRequire() bool {
	return slices.ContainsFunc(b.files, func(f api.OutputFile) bool {
		return strings.HasSuffix(f.Path, ".mjs") && bytes.Contains(f.Contents, []byte(`Dynamic require of "`)) &&
			!bytes.HasPrefix(f.Contents, []byte(requireBanner))
	})
}

// batch is how many modules are bundled in one call of esbuild: what they share is then parsed once. Larger batches are
// hardly faster, and report late.
const batch = 50

// batchKey is equal for units that can be bundled in one call, "" for those that cannot.
func batchKey(u Unit) string {
	if u.Build != "" || !target.MatchString(u.Runtime) {
		return ""
	}
	return strings.Join(append([]string{u.Root, u.Runtime}, u.Externals...), "\x00")
}

// bundleTogether bundles units of one batchKey, as far as that works in one go: what is missing in the result, by
// module.output, has to be tried alone. The bytes are the same either way.
func (r *run) bundleTogether(ctx context.Context, units []Unit) map[string]*bundled {
	formats := map[string][]*module{}
	distinct := map[string]bool{}
	for _, u := range units {
		m, err := findModule(u)
		if err != nil || distinct[m.output()] {
			continue
		}
		distinct[m.output()] = true
		formats[m.format] = append(formats[m.format], m)
	}
	all := map[string]*bundled{}
	for _, ms := range formats {
		if len(ms) < 2 || ctx.Err() != nil {
			continue
		}
		done, problems := r.esbuild(ms, ms[0].unit.Root, "")
		if len(problems) > 0 {
			continue
		}
		for name, b := range done {
			if !b.native() {
				all[name] = b
			}
		}
	}
	return all
}

// native says whether the bundle has files beside the module, whose place depends on what is bundled with it.
func (b *bundled) native() bool {
	for path := range b.sources {
		if filepath.Ext(path) == ".node" {
			return true
		}
	}
	return false
}

// bundle bundles one module alone. If packages are missing that a package.json asks for, it installs them and tries again.
func (j *job) bundle(ctx context.Context, m *module, require bool) (*bundled, error) {
	banner := ""
	if require {
		banner = requireBanner
	}
	for attempt := 0; ; attempt++ {
		if err := ctx.Err(); err != nil {
			return nil, canceled(j.unit, err)
		}
		done, problems := j.run.esbuild([]*module{m}, m.unit.Dir, banner)
		if len(problems) == 0 {
			return done[m.output()], nil
		}
		folder := missingPackages(j.unit, problems)
		if folder == "" || attempt > 0 {
			return nil, buildErrors(j.unit, problems)
		}
		if err := j.npmInstall(ctx, folder); err != nil {
			return nil, err
		}
	}
}

// esbuild bundles modules that have root, runtime, externals and format in common. outdir is one of their folders, or their
// root. The result is by module.output.
func (r *run) esbuild(ms []*module, outdir, banner string) (map[string]*bundled, []api.Message) {
	u := ms[0].unit
	var taken sources
	o := api.BuildOptions{
		AbsWorkingDir:  u.Root,
		Outdir:         outdir, // nothing is written; the paths in source maps are relative to the output
		AllowOverwrite: true,
		Bundle:         true,
		Platform:       api.PlatformNode,
		Engines:        []api.Engine{{Name: api.EngineNode, Version: target.FindStringSubmatch(u.Runtime)[1]}},
		External:       append(slices.Clone(provided), u.Externals...),
		Format:         api.FormatESModule,
		OutExtension:   map[string]string{".js": ".mjs"},
		Sourcemap:      api.SourceMapLinked,
		SourcesContent: api.SourcesContentExclude, // stack traces need names and lines only
		TreeShaking:    api.TreeShakingTrue,
		Charset:        api.CharsetUTF8,
		Metafile:       true,
		LogLevel:       api.LogLevelSilent,
		Loader:         map[string]api.Loader{".node": api.LoaderCopy},
		Plugins:        []api.Plugin{taken.plugin(r)},
	}
	if ms[0].format == "cjs" {
		o.Format, o.OutExtension = api.FormatCommonJS, map[string]string{".js": ".cjs"}
	}
	if banner != "" {
		o.Banner = map[string]string{"js": banner}
	}
	for _, m := range ms {
		name, err := filepath.Rel(outdir, m.output())
		if err != nil {
			return nil, []api.Message{{Text: err.Error()}}
		}
		o.EntryPointsAdvanced = append(o.EntryPointsAdvanced,
			api.EntryPoint{InputPath: filepath.Join(m.unit.Dir, m.entry), OutputPath: filepath.ToSlash(name)})
	}
	result := api.Build(o)
	if len(result.Errors) > 0 {
		return nil, result.Errors
	}
	g, err := readGraph(result.Metafile, u.Root)
	if err != nil {
		return nil, []api.Message{{Text: "reading esbuild's metafile: " + err.Error()}}
	}
	all := map[string]*bundled{}
	for _, m := range ms {
		all[m.output()] = g.bundled(m, taken.files, result.Warnings)
	}
	for _, f := range result.OutputFiles {
		name := strings.TrimSuffix(f.Path, ".map")
		b := all[strings.TrimSuffix(name, filepath.Ext(name))]
		if b == nil && len(ms) == 1 {
			b = all[ms[0].output()] // a file beside the module
		}
		if b != nil {
			b.files = append(b.files, f)
		}
	}
	return all, nil
}

// graph is esbuild's metafile: who imports whom, and what the outputs export. Paths are relative to root.
type graph struct {
	root   string
	Inputs map[string]struct {
		Format  string
		Imports []struct {
			Path     string
			External bool
		}
	}
	Outputs map[string]struct {
		EntryPoint string
		Exports    []string
	}
	byEntry map[string]string // entry → output
}

func readGraph(metafile, root string) (*graph, error) {
	g := &graph{root: root, byEntry: map[string]string{}}
	err := json.Unmarshal([]byte(metafile), g)
	for name, o := range g.Outputs {
		if o.EntryPoint != "" {
			g.byEntry[o.EntryPoint] = name
		}
	}
	return g, err
}

// bundled describes one module of a build.
func (g *graph) bundled(m *module, taken map[string]string, warnings []api.Message) *bundled {
	b := &bundled{format: "cjs", sources: map[string]string{}}
	entry, _ := filepath.Rel(g.root, filepath.Join(m.unit.Dir, m.entry))
	entry = filepath.ToSlash(entry)
	if g.Inputs[entry].Format == "esm" {
		b.format = "esm"
	}
	b.commonJS = b.format == "cjs"
	if m.format == "esm" {
		b.exports = append([]string{}, g.Outputs[g.byEntry[entry]].Exports...)
	}
	reached := map[string]bool{entry: true}
	for queue := []string{entry}; len(queue) > 0; queue = queue[1:] {
		path := filepath.Join(g.root, filepath.FromSlash(queue[0]))
		if state, ok := taken[path]; ok {
			b.sources[path] = state
		}
		for _, i := range g.Inputs[queue[0]].Imports {
			if !i.External && !reached[i.Path] {
				reached[i.Path] = true
				queue = append(queue, i.Path)
			}
		}
	}
	for _, w := range warnings {
		if w.Location == nil || reached[filepath.ToSlash(w.Location.File)] {
			b.warnings = append(b.warnings, message(w))
		}
		if w.ID == "commonjs-variable-in-esm" && filepath.ToSlash(w.Location.File) == entry {
			b.commonJS = true
		}
	}
	return b
}

var reExport = regexp.MustCompile(`(?m)^export \* from `)

// checkExport refuses a handler that the module does not export, where that is known: Lambda would say so only when
// the function is called.
func (b *bundled) checkExport(m *module) error {
	u := m.unit
	name, _, _ := strings.Cut(m.export, ".")
	if b.exports == nil || slices.Contains(b.exports, name) {
		return nil
	}
	for _, f := range b.files {
		if strings.HasSuffix(f.Path, ".mjs") && reExport.Match(f.Contents) {
			return nil // from a package outside the bundle
		}
	}
	if b.commonJS {
		return fault.New(fault.Invalid, "%s is written in CommonJS but is to be loaded as an ES module, which cannot see what it exports", m.entry).
			At(u.Node).Try("Write `export const %s = …`, name the file .cjs, or remove \"type\": \"module\" from package.json.", name)
	}
	e := fault.New(fault.Invalid, "%s exports no %q", m.entry, name).At(u.Node)
	if len(b.exports) == 0 {
		return e.Try("Write `export const %s = …`, or change the handler.", name)
	}
	return e.Try("It exports %s: rename one, or change the handler %s.", strings.Join(b.exports, ", "), u.Handler)
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

// watch notes what the bundle was made of, and what could make the next one different.
func (j *job) watch(sources map[string]string) {
	folders := map[string]bool{}
	for path, state := range sources {
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
			found := j.run.steering(dir)
			j.inputs.add(found.present...)
			if !folders[dir] { // otherwise the folder's names tell
				j.inputs.add(found.absent...)
			}
		}
	}
}

// steers are the refs of one folder to files that exist and to files that do not.
type steers struct{ present, absent []ref }

// steering finds them once per call of Pack.
func (r *run) steering(dir string) steers {
	if found, ok := r.steers.Load(dir); ok {
		return found.(steers)
	}
	var s steers
	for _, name := range steering {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err != nil {
			s.absent = append(s.absent, ref{content, path})
			continue
		}
		s.present = append(s.present, ref{content, path})
		if strings.HasSuffix(name, "sconfig.json") {
			s.present = append(s.present, extended(path, 0)...)
		}
	}
	packages := filepath.Join(dir, "node_modules")
	if entries, err := os.ReadDir(packages); err != nil {
		s.absent = append(s.absent, ref{modules, packages})
	} else {
		s.present = append(s.present, ref{modules, packages})
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), "@") {
				s.present = append(s.present, ref{modules, filepath.Join(packages, e.Name())})
			}
		}
	}
	r.steers.Store(dir, s)
	return s
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
