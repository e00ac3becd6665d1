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

// script packs JavaScript and TypeScript: the handler's module and everything that it imports become one file,
// with a source map beside it.
func script(ctx context.Context, j *job) error {
	u := j.unit
	stem, export, err := splitHandler(u)
	if err != nil {
		return err
	}
	entry, err := j.findModule(stem)
	if err != nil {
		return err
	}
	format, sure := moduleFormat(u, entry)
	b := &bundle{job: j, entry: entry, stem: stem}
	result, err := b.build(ctx, format)
	if err != nil {
		return err
	}
	if !sure && result.format != format {
		if result, err = b.build(ctx, result.format); err != nil {
			return err
		}
	}
	if err := result.checkExport(u, entry, export); err != nil {
		return err
	}
	for _, f := range result.files {
		name, err := filepath.Rel(u.Dir, f.Path)
		if err != nil || !filepath.IsLocal(name) {
			return fault.New(fault.Internal, "esbuild wrote %s outside the bundle", f.Path).At(u.Node)
		}
		j.entries = append(j.entries, inMemory(filepath.ToSlash(name), f.Contents))
	}
	b.sources.refs(j)
	return nil
}

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

// findModule finds the source of the handler's module, relative to the unit's folder: beside package.json or in src.
// TypeScript wins over JavaScript that a compiler may have left beside it.
func (j *job) findModule(stem string) (string, error) {
	for _, folder := range []string{"", "src"} {
		for _, suffix := range moduleSuffixes {
			name := filepath.Join(folder, filepath.FromSlash(stem)+suffix)
			full := filepath.Join(j.unit.Dir, name)
			if info, err := os.Stat(full); err == nil && info.Mode().IsRegular() {
				// Each of these could gain a file that would win.
				j.inputs.add(ref{modules, filepath.Dir(full)}, ref{modules, filepath.Dir(filepath.Join(j.unit.Dir, filepath.FromSlash(stem)))})
				return name, nil
			}
		}
	}
	return "", fault.New(fault.NotFound, "the handler %s of %q has no source: neither %s.ts, .mts, .js, .mjs, .cjs nor the same in src exists in %s",
		j.unit.Handler, j.unit.Name, stem, j.unit.Dir).At(j.unit.Node).Try("Create %s.ts, or change the handler.", stem)
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

// bundle is the build of one entry.
type bundle struct {
	job     *job
	entry   string // source, relative to the unit's folder
	stem    string // the output's name without suffix, slash-separated
	sources sources
}

// bundled is what came out.
type bundled struct {
	files   []api.OutputFile
	format  string   // that the entry's syntax asks for
	exports []string // of the bundle; nil where esbuild does not know them
}

var target = regexp.MustCompile(`^nodejs(\d+)\.x$`)

func (b *bundle) build(ctx context.Context, format string) (*bundled, error) {
	u := b.job.unit
	major := target.FindStringSubmatch(u.Runtime)
	if major == nil {
		return nil, fault.New(fault.Unsupported, "the runtime %q is not known", u.Runtime).At(u.Node).Try("Choose nodejs22.x or nodejs24.x.")
	}
	o := api.BuildOptions{
		EntryPointsAdvanced: []api.EntryPoint{{InputPath: b.entry, OutputPath: b.stem}},
		AbsWorkingDir:       u.Dir,
		Outdir:              u.Dir, // nothing is written; the paths in the source map are relative to it
		AllowOverwrite:      true,
		Bundle:              true,
		Platform:            api.PlatformNode,
		Engines:             []api.Engine{{Name: api.EngineNode, Version: major[1]}},
		External:            append(slices.Clone(provided), u.Externals...),
		Sourcemap:           api.SourceMapLinked,
		SourcesContent:      api.SourcesContentExclude, // stack traces need names and lines only
		TreeShaking:         api.TreeShakingTrue,
		Charset:             api.CharsetUTF8,
		Metafile:            true,
		LogLevel:            api.LogLevelSilent,
		Loader:              map[string]api.Loader{".node": api.LoaderCopy},
		Plugins:             []api.Plugin{b.sources.plugin(b.job.run)},
	}
	switch format {
	case "esm":
		o.Format, o.OutExtension = api.FormatESModule, map[string]string{".js": ".mjs"}
	case "cjs":
		o.Format, o.OutExtension = api.FormatCommonJS, map[string]string{".js": ".cjs"}
	default:
		return nil, fault.New(fault.Invalid, "the module format %q is not known", format).At(u.Node).Try("Choose esm or cjs.")
	}
	result, err := b.try(ctx, o)
	if err != nil {
		return nil, err
	}
	if format == "esm" && needsRequire(result.OutputFiles) {
		o.Banner = map[string]string{"js": requireBanner}
		if result, err = b.try(ctx, o); err != nil {
			return nil, err
		}
	}
	for _, m := range result.Warnings {
		b.job.warn("%s", message(u, m))
	}
	return b.describe(result, o)
}

// requireBanner gives CommonJS packages inside an ES module the require that they expect for Node's own modules.
const requireBanner = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`

func needsRequire(files []api.OutputFile) bool {
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".mjs") && strings.Contains(string(f.Contents), `Dynamic require of "`) {
			return true
		}
	}
	return false
}

// try builds; if packages are missing that a package.json asks for, it installs them and builds again.
func (b *bundle) try(ctx context.Context, o api.BuildOptions) (api.BuildResult, error) {
	for attempt := 0; ; attempt++ {
		if err := ctx.Err(); err != nil {
			return api.BuildResult{}, canceled(b.job.unit, err)
		}
		result := api.Build(o)
		if len(result.Errors) == 0 {
			return result, nil
		}
		if folder := missingPackages(b.job.unit, result.Errors); folder != "" && attempt == 0 {
			if err := b.job.npmInstall(ctx, folder); err != nil {
				return result, err
			}
			continue
		}
		return result, buildErrors(b.job.unit, result.Errors)
	}
}

// message is "file:line:column: text", the file relative to the unit's folder.
func message(u Unit, m api.Message) string {
	if m.Location == nil {
		return m.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", filepath.ToSlash(m.Location.File), m.Location.Line, m.Location.Column+1, m.Text)
}

func buildErrors(u Unit, messages []api.Message) error {
	var all []error
	for _, m := range messages {
		e := fault.New(fault.Invalid, "%s", message(u, m)).At(u.Node)
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
