package functions

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	esbuild "github.com/evanw/esbuild/pkg/api"

	"airloom/assets/starters"
)

// Each starter answers, logs what it got, and stays warm.
func TestStarters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ starter, runtime, handler, tool, sep string }{
		{"nodejs", "nodejs22.x", "index.handler", "node", ""},
		{"typescript", "nodejs22.x", "index.handler", "node", ""},
		{"python", "python3.13", "app.handler", "python3", " "},
		{"go", "provided.al2023", "bootstrap", "go", ""},
		{"shell", "provided.al2023", "bootstrap", "curl", ""},
	} {
		t.Run(c.starter, func(t *testing.T) {
			if _, err := exec.LookPath(c.tool); err != nil {
				t.Skipf("%s is not installed", c.tool)
			}
			b := newBench(t)
			f := b.put(c.runtime, c.handler, packed(t, c.starter))
			answer := `{"message":` + c.sep + `"hello from shop-` + family(c.runtime) + `",` + c.sep + `"event":` + c.sep + `{"a":` + c.sep + `1}}`
			sent := `{"a":1}`
			r := b.want(f, sent, answer)
			if !containsAll(r.LogTail, "event {\"a\":"+c.sep+"1}", "INIT_START") {
				t.Errorf("log\n%s", r.LogTail)
			}
			if r = b.want(f, sent, answer); !containsAll(r.LogTail, "event {\"a\":"+c.sep+"1}") || containsAll(r.LogTail, "INIT_START") {
				t.Errorf("second log\n%s", r.LogTail)
			}
		})
	}
	if starters.For("nodejs22.x") != "nodejs" || starters.For("provided.al2023") != "go" || starters.For("java21") != "" {
		t.Error("a runtime has another starter")
	}
}

// packed gives the files of a starter's zip, built as the packers do.
func packed(t *testing.T, starter string) map[string]string {
	t.Helper()
	files := map[string]string{}
	must(t, starters.Files(starter, func(name string, text []byte) error { files[name] = string(text); return nil }))
	switch starter {
	case "typescript":
		out := esbuild.Transform(files["index.ts"], esbuild.TransformOptions{Loader: esbuild.LoaderTS, Format: esbuild.FormatESModule})
		if len(out.Errors) > 0 {
			t.Fatal(out.Errors)
		}
		return map[string]string{"index.mjs": string(out.Code)}
	case "go":
		dir := t.TempDir()
		for name, text := range files {
			must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		}
		cmd := exec.Command("go", "build", "-o", "bootstrap", ".")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=-mod=readonly", "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		binary, err := os.ReadFile(filepath.Join(dir, "bootstrap"))
		must(t, err)
		return map[string]string{"bootstrap": string(binary)}
	}
	return files
}

// What is no program at all fails by name.
func TestBootstrapErrors(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for want, files := range map[string]map[string]string{
		"no such file or directory": {"main": "x"},
		"permission denied":         {"bootstrap/x": "x"},
		"exec format error":         {"bootstrap": "\x7fELF nonsense"},
	} {
		b.fails(b.put("provided.al2023", "bootstrap", files), `{}`, `"errorType":"Runtime.InvalidEntrypoint"`, "Couldn't find valid bootstrap(s)", want)
	}
}
