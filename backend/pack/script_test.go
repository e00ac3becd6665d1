package pack_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/pack"
)

// TestScriptRuns packs a module in every form that Node.js knows, and runs what came out.
func TestScriptRuns(t *testing.T) {
	esm, cjs := `export const handler = async (e) => ({ hi: e.name });`, `exports.handler = async (e) => ({ hi: e.name });`
	typescript := `export const handler = async (e: { name: string }): Promise<object> => ({ hi: e.name });`
	for name, c := range map[string]struct {
		files   map[string]string
		handler string
		want    string // the output module
	}{
		"typescript":                {map[string]string{"index.ts": typescript}, "", "index.mjs"},
		"typescript in src":         {map[string]string{"src/index.ts": typescript}, "", "index.mjs"},
		"handler in a folder":       {map[string]string{"src/orders.ts": typescript}, "src/orders.handler", "src/orders.mjs"},
		"mts":                       {map[string]string{"index.mts": typescript}, "", "index.mjs"},
		"cts":                       {map[string]string{"index.cts": typescript}, "", "index.cjs"},
		"mjs":                       {map[string]string{"index.mjs": esm}, "", "index.mjs"},
		"cjs":                       {map[string]string{"index.cjs": cjs}, "", "index.cjs"},
		"js by its syntax, ESM":     {map[string]string{"index.js": esm}, "", "index.mjs"},
		"js by its syntax, CJS":     {map[string]string{"index.js": cjs}, "", "index.cjs"},
		"guessed wrongly from text": {map[string]string{"index.js": "/*\nimport x from 'y'\n*/\n" + cjs}, "", "index.cjs"},
		"guessed wrongly, ESM":      {map[string]string{"index.js": "const a = 1; export { a }; " + esm}, "", "index.mjs"},
		"type module":               {map[string]string{"package.json": `{"type":"module"}`, "index.js": esm}, "", "index.mjs"},
		"type commonjs, typescript": {map[string]string{"package.json": `{"type":"commonjs"}`, "index.ts": typescript}, "", "index.cjs"},
		"typescript before its output": {map[string]string{"index.ts": typescript,
			"index.js": "exports.handler = async () => 'stale'"}, "", "index.mjs"},
		"top-level await": {map[string]string{"index.ts": "const late = await Promise.resolve(1);\n" + typescript + "\nvoid late;"}, "", "index.mjs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := c.handler
			if handler == "" {
				handler = "index.handler"
			}
			a := must(t, packer(t), function(t, "nodejs22.x", handler, c.files))
			if got, want := files(t, a), []string{c.want, c.want + ".map"}; !slices.Equal(got, want) {
				t.Fatalf("the zip holds %q, not %q", got, want)
			}
			if got := invoke(t, a, c.want, `{"name":"you"}`); got != `{"hi":"you"}` {
				t.Errorf("it answers %s", got)
			}
		})
	}
}

// TestFormatAsNode: whether a module is ESM or CommonJS is decided as the Node.js of this machine decides it, from the suffix, the
// nearest package.json, and the syntax, in that order.
func TestFormatAsNode(t *testing.T) {
	neutral := "globalThis.said = this === undefined;\n"
	esm, cjs := neutral+"export const handler = async () => 1;\n", neutral+"exports.handler = async () => 1;\n"
	for name, sources := range map[string]map[string]string{
		"mjs in CommonJS":          {"package.json": `{"type":"commonjs"}`, "fn/index.mjs": esm},
		"cjs in ESM":               {"package.json": `{"type":"module"}`, "fn/index.cjs": cjs},
		"type above":               {"package.json": `{"type":"module"}`, "fn/index.js": esm},
		"the nearest one decides":  {"package.json": `{"type":"module"}`, "fn/package.json": `{"type":"commonjs"}`, "fn/index.js": cjs},
		"the nearest has no type":  {"package.json": `{"type":"module"}`, "fn/package.json": `{"name":"x"}`, "fn/index.js": cjs},
		"nearest, no type, ESM":    {"package.json": `{"type":"commonjs"}`, "fn/package.json": `{}`, "fn/index.js": esm},
		"an unknown type":          {"package.json": `{"type":"umd"}`, "fn/index.js": cjs},
		"no package.json, ESM":     {"fn/index.js": esm},
		"no package.json, CJS":     {"fn/index.js": cjs},
		"dynamic import":           {"fn/index.js": cjs + "import('node:fs');\n"},
		"import in a string":       {"fn/index.js": cjs + "`\nimport x from 'y'\nexport { x }\n`;\n"},
		"top-level await":          {"package.json": `{"type":"module"}`, "fn/index.js": esm + "await 1;\n"},
		"import.meta":              {"fn/index.js": esm + "void import.meta.url;\n"},
		"ESM after code, one line": {"fn/index.js": "globalThis.said = this === undefined; export { a as handler }; const a = async () => 1;\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath("node"); err != nil {
				t.Skip("needs node")
			}
			root := t.TempDir()
			write(t, root, sources)
			var source string
			for f := range sources {
				if strings.HasPrefix(f, "fn/index") {
					source = filepath.Join(root, f)
				}
			}
			says := func(path string) string {
				t.Helper()
				out, err := exec.Command("node", "--no-warnings", "--experimental-detect-module", "-e", "import(process.argv[1]).then(() => console.log(said))", path).CombinedOutput()
				if err != nil {
					t.Fatalf("node: %v\n%s", err, out)
				}
				return strings.TrimSpace(string(out))
			}
			a := must(t, packer(t), pack.Unit{Node: "n", Name: "fn", Root: root, Dir: filepath.Join(root, "fn"), Runtime: "nodejs22.x", Handler: "index.handler"})
			module := map[string]string{"true": "index.mjs", "false": "index.cjs"}[says(source)]
			if got := files(t, a); !slices.Contains(got, module) {
				t.Errorf("Node.js takes it for %s, the zip holds %q", module, got)
			}
		})
	}
}

// TestFormatChosen: what the function is set to wins over everything.
func TestFormatChosen(t *testing.T) {
	u := function(t, "nodejs22.x", "index.handler", map[string]string{"index.ts": "export const handler = async () => 1;"})
	for format, want := range map[string]string{"esm": "index.mjs", "cjs": "index.cjs"} {
		u.Format = format
		a := must(t, packer(t), u)
		if got := files(t, a); !slices.Contains(got, want) {
			t.Errorf("%s: the zip holds %q", format, got)
		}
		if got := invoke(t, a, want, "{}"); got != "1" {
			t.Errorf("%s: it answers %s", format, got)
		}
	}
}

// TestSeveralErrors: all that is wrong with a function is told at once, each with its place.
func TestSeveralErrors(t *testing.T) {
	u := function(t, "nodejs22.x", "index.handler", map[string]string{"index.ts": "import './gone';\nimport 'unknown';\nimport './bad';\nexport const handler = 1;\n", "bad.ts": "\nlet = ;\n"})
	got := refused(t, packer(t), u, fault.Invalid)
	for _, want := range []string{`n1: index.ts:1:8: Could not resolve "./gone"`, `n1: index.ts:2:8: Could not resolve "unknown"`, "n1: bad.ts:2:"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

// TestScriptBundlesPackages finds packages in node_modules above, follows workspaces, shakes off what is not used, and leaves
// the SDK and externals to the runtime.
func TestScriptBundlesPackages(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{
		"package.json":                  `{"workspaces":["packages/*"],"dependencies":{"dep":"1"}}`,
		"node_modules/dep/package.json": `{"name":"dep","main":"main.js","module":"main.mjs","sideEffects":false,"exports":{"import":"./main.mjs","require":"./main.js"}}`,
		"node_modules/dep/main.mjs":     "export const used = (x) => x * 2;\nexport const unused = () => 'neverCalled';\n",
		"node_modules/dep/main.js":      "exports.used = (x) => x * 2;",
		"node_modules/old/package.json": `{"name":"old","main":"main.js"}`,
		"node_modules/old/main.js":      "const { basename } = require('path');\nexports.base = (p) => basename(p);\n",
		"packages/shared/package.json":  `{"name":"shared","main":"index.ts"}`,
		"packages/shared/index.ts":      "export const twice = (s: string): string => s + s;\n",
		"functions/f/data.json":         `{"n": 21}`,
		"functions/f/index.ts":          "import { used } from 'dep';\nimport { base } from 'old';\nimport { twice } from 'shared';\nimport data from './data.json';\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nexport const handler = async () => [used(data.n), base('/a/b'), twice('x'), typeof require('fs').statSync];\n",
		"functions/sdk/index.ts":        "import { SQSClient } from '@aws-sdk/client-sqs';\nimport layer from 'a-layer/part';\nexport const handler = async () => [SQSClient, layer];\n",
	})
	if err := os.Symlink("../packages/shared", filepath.Join(root, "node_modules", "shared")); err != nil {
		t.Fatal(err)
	}
	p := packer(t)
	a := must(t, p, pack.Unit{Node: "f", Name: "f", Root: root, Dir: filepath.Join(root, "functions/f"), Runtime: "nodejs22.x", Handler: "index.handler"})
	if got := invoke(t, a, "index.mjs", `{}`); got != `[42,"b","xx","function"]` {
		t.Errorf("it answers %s", got)
	}
	if strings.Contains(text(t, a, "index.mjs"), "neverCalled") {
		t.Error("what nobody uses is in the bundle")
	}
	for _, want := range []string{"packages/shared/index.ts", "functions/f/data.json", "node_modules/dep/main.mjs", "package.json"} {
		if !slices.Contains(a.Inputs, filepath.Join(root, filepath.FromSlash(want))) {
			t.Errorf("%s is not among the inputs %q", want, a.Inputs)
		}
	}
	a = must(t, p, pack.Unit{Node: "sdk", Dir: filepath.Join(root, "functions/sdk"), Runtime: "nodejs24.x", Handler: "index.handler", Externals: []string{"a-layer"}})
	for _, want := range []string{`from "@aws-sdk/client-sqs"`, `from "a-layer/part"`} {
		if code := text(t, a, "index.mjs"); !strings.Contains(code, want) {
			t.Errorf("no %s in\n%s", want, code)
		}
	}
}

// TestScriptStackTraces: a stack trace names the line of the source, wherever the function is unpacked.
func TestScriptStackTraces(t *testing.T) {
	a := must(t, packer(t), function(t, "nodejs22.x", "index.handler", map[string]string{
		"index.ts": "interface Gone { a: string }\n\nexport const handler = async (): Promise<string> => {\n  return new Error('where').stack!.split('\\n')[1];\n};\n"}))
	if got := invoke(t, a, "index.mjs", `{}`); !strings.Contains(got, "index.ts:4:10") {
		t.Errorf("the stack says %s", got)
	}
	if m := text(t, a, "index.mjs.map"); strings.Contains(m, "sourcesContent") || !strings.Contains(m, `"index.ts"`) {
		t.Errorf("source map: %s", m)
	}
}

// TestScriptErrors: each says the node, the place, and what to do.
func TestScriptErrors(t *testing.T) {
	t.Parallel()
	ok := map[string]string{"index.ts": "export const handler = async () => 1;"}
	for name, c := range map[string]struct {
		files   map[string]string
		unit    func(*pack.Unit)
		code    fault.Code
		message string
	}{
		"syntax":            {map[string]string{"index.ts": "export const handler = async () => {\n  let x = ;\n};"}, nil, fault.Invalid, "index.ts:2:11: Unexpected \";\"\nlet x = ;"},
		"in another module": {map[string]string{"index.ts": "import './lib/a'; export const handler = 1", "lib/a.ts": "\n  const = 3"}, nil, fault.Invalid, "lib/a.ts:2:"},
		"unknown file":      {map[string]string{"index.ts": "import './nope'; export const handler = 1"}, nil, fault.Invalid, `index.ts:1:8: Could not resolve "./nope"`},
		"unknown package":   {map[string]string{"index.ts": "import '@a/b/c'; export const handler = 1"}, nil, fault.Invalid, "run npm install @a/b in"},
		"no such module":    {ok, func(u *pack.Unit) { u.Handler = "main.handler" }, fault.NotFound, "neither main.ts"},
		"no such export":    {ok, func(u *pack.Unit) { u.Handler = "index.main" }, fault.Invalid, `index.ts exports no "main"` + "\nIt exports handler"},
		"CommonJS as ESM":   {map[string]string{"package.json": `{"type":"module"}`, "index.js": "exports.handler = () => 1"}, nil, fault.Invalid, "written in CommonJS"},
		"handler, no dot":   {ok, func(u *pack.Unit) { u.Handler = "index" }, fault.Invalid, "does not name a file and a function"},
		"handler, outside":  {ok, func(u *pack.Unit) { u.Handler = "../index.handler" }, fault.Invalid, "does not name a file and a function"},
		"format":            {ok, func(u *pack.Unit) { u.Format = "umd" }, fault.Invalid, `"umd"`},
		"architecture":      {ok, func(u *pack.Unit) { u.Arch = "sparc" }, fault.Invalid, `"sparc"`},
		"runtime":           {ok, func(u *pack.Unit) { u.Runtime = "cobol85" }, fault.Unsupported, `"cobol85"`},
		"no such folder":    {ok, func(u *pack.Unit) { u.Dir += "-gone" }, fault.NotFound, "does not exist"},
		"relative folder":   {ok, func(u *pack.Unit) { u.Dir = "fn" }, fault.NotFound, "does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			u := function(t, "nodejs22.x", "index.handler", c.files)
			if c.unit != nil {
				c.unit(&u)
			}
			if got := refused(t, packer(t), u, c.code); !strings.Contains(got, c.message) {
				t.Errorf("got %q, want %q in it", got, c.message)
			}
		})
	}
}

// TestScriptExportsFromOutside: an export that only a layer knows is believed.
func TestScriptExportsFromOutside(t *testing.T) {
	u := function(t, "nodejs22.x", "index.handler", map[string]string{"index.mjs": "export * from 'a-layer';"})
	u.Externals = []string{"a-layer"}
	must(t, packer(t), u)
}

// TestTogetherIsAsAlone: whether functions are bundled in one go or each alone, their zips are the same, and one
// with an error does not hinder the others.
func TestTogetherIsAsAlone(t *testing.T) {
	t.Parallel()
	units := project(t, 24, typescript)
	write(t, units[3].Dir, map[string]string{"index.ts": "const { plus } = require('dep');\nexports.handler = async () => plus(1, 2);\n"})
	write(t, units[4].Dir, map[string]string{"index.ts": "import fs = require('fs');\nimport { greet } from '../../shared/greet';\nexport const handler = async () => greet(String(fs)), more = 1;\n"})
	write(t, units[5].Dir, map[string]string{"package.json": `{"type":"commonjs"}`})
	same := units[6]
	same.Node, same.Handler = "same", "index.handler.deep"
	units = append(units, same)
	together, err := packer(t).Pack(t.Context(), units)
	if err != nil {
		t.Fatal(err)
	}
	for i, u := range units {
		if alone := must(t, packer(t), u); alone.Digest != together[i].Digest {
			t.Errorf("%s differs when it is packed alone", u.Name)
		}
	}
	write(t, units[7].Dir, map[string]string{"index.ts": "export const handler = ("})
	write(t, units[9].Dir, map[string]string{"index.ts": "export const other = 1;"})
	var seen []string
	again, err := packer(t).Pack(t.Context(), units, func(p pack.Progress) {
		seen = append(seen, p.Node)
		if p.Done != len(seen) || p.Total != len(units) {
			t.Errorf("progress %d of %d after %d", p.Done, p.Total, len(seen))
		}
		if (p.Err != nil) != (p.Node == "f007" || p.Node == "f009") {
			t.Errorf("%s: %v", p.Node, p.Err)
		}
	})
	if err == nil || !strings.Contains(err.Error(), "f007: ") || !strings.Contains(err.Error(), "f009: ") ||
		strings.Index(err.Error(), "f007") > strings.Index(err.Error(), "f009") {
		t.Errorf("errors: %v", err)
	}
	if len(seen) != len(units) {
		t.Errorf("progress for %d of %d", len(seen), len(units))
	}
	for i, a := range again {
		if want := i != 7 && i != 9; (a.Path != "") != want || want && (a.Digest != together[i].Digest || a.Node != units[i].Node) {
			t.Errorf("unit %d: %+v", i, a)
		}
	}
}
