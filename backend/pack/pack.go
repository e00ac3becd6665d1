// Package pack turns the source of one function into the zip that AWS Lambda runs: small, idiomatic for its
// runtime, and reproducible (the same source gives the same bytes on any machine, in any folder, at any time).
// JavaScript and TypeScript go through esbuild in this process, Python and Ruby are copied with their dependencies,
// Go is cross-compiled, Java and .NET go through their build tools, anything else through a command of the user's.
// No container engine is involved.
//
// Unchanged functions are recognised by the content of everything that went into them (see index.go), so that
// packing again costs a few microseconds a function. Build tools that may read outside the folder they run in
// (custom commands, Maven, Gradle, dotnet) are always asked again: they are incremental themselves, and the same
// output has the same digest.
//
// The package touches the file system and starts build tools. It imports esbuild and, of ours, fault and the contracts that
// it serves (kind, generate, event).
package pack

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"airloom/backend/fault"
)

// Unit is one function's source to be packed.
type Unit struct {
	Node      string   // node id, for errors
	Name      string   // the function's name, for people
	Dir       string   // absolute folder of the source
	Root      string   // absolute folder of the project, "" is Dir: paths within a bundle and in messages are relative to it
	Runtime   string   // a Lambda runtime identifier: nodejs22.x, python3.13, provided.al2023, …
	Handler   string   // index.handler, app.handler, bootstrap
	Arch      string   // arm64 or x86_64; "" is arm64
	OS        string   // the system that native code is built for; "" is linux, which is what Lambda runs
	Build     string   // optional command line for sh, run in Dir; its output folder or zip is Output
	Output    string   // what Build leaves behind, relative to Dir
	Externals []string // modules that the runtime or a layer provides: neither bundled nor packed
	Format    string   // "esm", "cjs", or "" to decide as Node.js does
}

// File is one entry of a zip.
type File struct {
	Name string `json:"name"`
	Size int64  `json:"size"` // bytes, unzipped
	Exec bool   `json:"exec,omitempty"`
}

// Artifact is one packed function.
type Artifact struct {
	Node, Name string
	Path       string        // the zip, in the cache
	Digest     string        // SHA-256 of the zip, hexadecimal
	Size       int64         // bytes of the zip
	Unzipped   int64         // bytes of its files together
	Files      []File        // by name
	LeftOut    []string      // what was in the folder but does not belong into a zip: secrets, links outwards, caches
	Inputs     []string      // files it was made of, wherever they lie: what a watcher watches. Nil where a build tool decides
	Cached     bool          // nothing had to be done
	Took       time.Duration // 0 if cached
	Warnings   []string
}

// Progress is one function done, well or not.
type Progress struct {
	Done, Total int
	Node, Name  string
	Cached      bool
	Err         error
}

// Deps is what a Packer needs from the world. Everything but CacheDir has a default.
type Deps struct {
	CacheDir string                                           // zips, their index, installed dependencies; created on demand
	Log      func(node, line string)                          // what is being done on the user's behalf ("npm ci in …"); any goroutine
	Run      func(ctx context.Context, c Cmd) ([]byte, error) // starts a build tool, gives its output; Exec by default
	Now      func() time.Time
	Timeout  time.Duration // for one build tool; 15 minutes by default
}

// Packer packs. It is safe for use by several goroutines.
type Packer struct {
	deps  Deps
	load  sync.Once
	mu    sync.Mutex // guards index
	index *index
	save  sync.Mutex
}

// New makes a Packer. It does nothing on disk yet.
func New(d Deps) *Packer {
	if d.Log == nil {
		d.Log = func(string, string) {}
	}
	if d.Run == nil {
		d.Run = Exec
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	d.Timeout = cmp.Or(d.Timeout, 15*time.Minute)
	return &Packer{deps: d}
}

// Pack packs the units in parallel and gives their artifacts in the same order. Where a unit failed its artifact has
// no Path, and the error joins one *fault.Error per cause, in the order of the units. The others are usable.
// Progress is reported from one goroutine at a time.
func (p *Packer) Pack(ctx context.Context, units []Unit, progress ...func(Progress)) ([]Artifact, error) {
	if err := os.MkdirAll(p.deps.CacheDir, 0o755); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "preparing the folder for packed functions")
	}
	p.load.Do(func() { p.index = readIndex(p.deps.CacheDir, p.deps.Now()) })
	r := &run{packer: p, states: newStates(p), once: map[string]func() error{}, deflate: make(compressors, runtime.GOMAXPROCS(0))}
	artifacts, errs := make([]Artifact, len(units)), make([]error, len(units))
	var report sync.Mutex
	done := 0
	finish := func(i int) {
		report.Lock()
		defer report.Unlock()
		done++
		for _, f := range progress {
			f(Progress{done, len(units), units[i].Node, units[i].Name, artifacts[i].Cached, errs[i]})
		}
	}

	real := make([]Unit, len(units))
	for i, u := range units {
		real[i] = u.normal()
	}
	hits := r.unchanged(real)
	var todo []int
	for i, u := range units {
		if hits[i] == nil {
			todo = append(todo, i)
			continue
		}
		artifacts[i] = *hits[i]
		artifacts[i].Node, artifacts[i].Name = u.Node, u.Name
		finish(i)
	}
	batches := batches(real, todo)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(len(batches), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for n := int(next.Add(1)) - 1; n < len(batches); n = int(next.Add(1)) - 1 {
				var together map[string]*bundled
				if len(batches[n]) > 1 {
					members := make([]Unit, len(batches[n]))
					for m, i := range batches[n] {
						members[m] = real[i]
					}
					together = r.bundleTogether(ctx, members)
				}
				for _, i := range batches[n] {
					artifacts[i], errs[i] = r.one(ctx, real[i], together)
					finish(i)
				}
			}
		})
	}
	workers.Wait()
	if err := p.saveIndex(); err != nil {
		// The zips are there; only the next run is slower.
		p.deps.Log("", "remembering what was packed: "+err.Error())
	}
	return artifacts, errors.Join(errs...)
}

// run is one call of Pack: what it has looked at, and what it has done once for several units.
type run struct {
	packer  *Packer
	states  *states
	deflate compressors
	mu      sync.Mutex
	once    map[string]func() error
	loaded  sync.Map // path → loaded
	steers  sync.Map // folder → steers
}

// sole runs f once per key in this call of Pack, however many units ask for it; all of them get its error.
func (r *run) sole(key string, f func() error) error {
	r.mu.Lock()
	do := r.once[key]
	if do == nil {
		do = sync.OnceValue(f)
		r.once[key] = do
	}
	r.mu.Unlock()
	return do()
}

// batches divides the units that need work into those that are bundled together, and single ones. There are enough
// batches for every processor.
func batches(units []Unit, todo []int) [][]int {
	size := min(batch, (len(todo)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var all [][]int
	open := map[string]int{} // batchKey → number of the batch being filled
	for _, i := range todo {
		key := batchKey(units[i])
		if n, ok := open[key]; ok && key != "" && len(all[n]) < size {
			all[n] = append(all[n], i)
			continue
		}
		open[key] = len(all)
		all = append(all, []int{i})
	}
	return all
}

// one packs a unit that is not in the cache; together is what was bundled for it already.
func (r *run) one(ctx context.Context, u Unit, together map[string]*bundled) (Artifact, error) {
	if err := ctx.Err(); err != nil {
		return Artifact{}, canceled(u, err)
	}
	started := time.Now() // how long it took is told to people, not decided by: no need for the injected clock
	j := &job{run: r, unit: u, began: r.packer.deps.Now(), inputs: newInputs(), together: together}
	defer j.close()
	build, err := builderFor(u)
	if err != nil {
		return Artifact{}, err
	}
	if err := build(ctx, j); err != nil {
		return Artifact{}, err
	}
	a, err := j.zip(ctx)
	if err != nil {
		return Artifact{}, err
	}
	j.remember(&a)
	a.Node, a.Name = u.Node, u.Name
	a.Took = time.Since(started)
	return a, nil
}

// A builder collects the entries of a unit's zip.
type builder func(ctx context.Context, j *job) error

// normal fills in the defaults and replaces Dir by its real path, if it exists: neither the cache nor the relative paths
// in a source map may depend on a link that led there.
func (u Unit) normal() Unit {
	u.Arch = cmp.Or(u.Arch, "arm64")
	u.OS = cmp.Or(u.OS, "linux")
	if dir, err := filepath.EvalSymlinks(u.Dir); err == nil && filepath.IsAbs(dir) {
		u.Dir = dir
	}
	if dir, err := filepath.EvalSymlinks(u.Root); err == nil && filepath.IsAbs(dir) {
		u.Root = dir
	} else {
		u.Root = u.Dir
	}
	return u
}

// builderFor chooses by the runtime, and by what lies in the folder where a runtime has several ways.
func builderFor(u Unit) (builder, error) {
	if u.Arch != "arm64" && u.Arch != "x86_64" {
		return nil, fault.New(fault.Invalid, "architecture %q is not known", u.Arch).At(u.Node).Try("Lambda runs arm64 and x86_64.")
	}
	if info, err := os.Stat(u.Dir); err != nil || !info.IsDir() || !filepath.IsAbs(u.Dir) {
		return nil, fault.New(fault.NotFound, "the source folder %s of %q does not exist", u.Dir, u.Name).At(u.Node).
			Try("Create it, or point the function at its source.")
	}
	if u.Build != "" {
		return custom, nil
	}
	has := func(names ...string) bool {
		for _, n := range names {
			if m, _ := filepath.Glob(filepath.Join(escapeGlob(u.Dir), n)); len(m) > 0 {
				return true
			}
		}
		return false
	}
	family := strings.TrimRight(u.Runtime, "0123456789.x")
	switch {
	case family == "nodejs":
		return script, nil
	case family == "python":
		return python, nil
	case family == "ruby":
		return ruby, nil
	case family == "java" && has("pom.xml"):
		return maven, nil
	case family == "java" && has("build.gradle", "build.gradle.kts"):
		return gradle, nil
	case family == "dotnet" && has("*.csproj", "*.fsproj", "*.vbproj"):
		return dotnet, nil
	case strings.HasPrefix(u.Runtime, "provided") && has("bootstrap"):
		return verbatim, nil
	case strings.HasPrefix(u.Runtime, "provided") && has("*.go"):
		return golang, nil
	case family == "java", family == "dotnet", strings.HasPrefix(u.Runtime, "provided"):
		return nil, fault.New(fault.Invalid, "nothing in %s says how to build a function for %s", u.Dir, u.Runtime).At(u.Node).
			Try("Give it a build command, or one of: go.mod with main.go, an executable named bootstrap, pom.xml, build.gradle, a .csproj.")
	}
	return nil, fault.New(fault.Unsupported, "the runtime %q is not known", u.Runtime).At(u.Node).
		Try("Choose a supported Lambda runtime, or give the function a build command.")
}

// escapeGlob makes a folder's name literal for filepath.Glob.
func escapeGlob(dir string) string {
	if runtime.GOOS == "windows" {
		return dir // Windows has neither the escape nor * and ? in names
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}

func canceled(u Unit, err error) error {
	return fault.Wrap(err, fault.Canceled, "packing %q was stopped", u.Name).At(u.Node)
}
