package pack_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"airloom/backend/pack"
)

// BenchmarkPack packs whole projects: cold (no cache), unchanged (from the same and from a new process), and with one
// function edited. It prints milliseconds for a whole project.
func BenchmarkPack(b *testing.B) {
	for _, n := range []int{100, 300} {
		b.Run(fmt.Sprintf("typescript-%d", n), func(b *testing.B) { benchmark(b, n, typescript) })
	}
	b.Run("plain-300", func(b *testing.B) { benchmark(b, 300, plain) })
}

// typescript is a small function with a module that all share and one npm dependency.
func typescript(n int) map[string]string {
	return map[string]string{"index.ts": fmt.Sprintf(`import { greet } from "../../shared/greet";
import { plus } from "dep";

interface Request { name?: string; count: number }

export const handler = async (request: Request) => ({
  statusCode: 200,
  body: JSON.stringify({ text: greet(request.name ?? "%d"), count: plus(request.count, %d) }),
});
`, n, n)}
}

// plain is a small function that imports nothing.
func plain(n int) map[string]string {
	return map[string]string{"index.mjs": fmt.Sprintf(`export const handler = async (event) => {
  const names = event.names ?? [];
  return { statusCode: 200, body: JSON.stringify({ n: %d, first: names[0], count: names.length }) };
};
`, n)}
}

// project writes n functions, a shared module, and a package in node_modules.
func project(tb testing.TB, n int, source func(int) map[string]string) []pack.Unit {
	dir := tb.TempDir()
	write(tb, dir, map[string]string{
		"package.json":                  `{"dependencies": {"dep": "1.0.0"}}`,
		"shared/greet.ts":               "export function greet(name: string): string {\n  return `Hello ${name}`;\n}\n",
		"node_modules/dep/package.json": `{"name": "dep", "version": "1.0.0", "main": "index.js"}`,
		"node_modules/dep/index.js":     "exports.plus = (a, b) => a + b;\n" + strings.Repeat("exports.more = (a) => [a, a, a].map((x) => x * 2);\n", 40),
	})
	units := make([]pack.Unit, n)
	for i := range units {
		name := fmt.Sprintf("f%03d", i)
		units[i] = pack.Unit{Node: name, Name: name, Root: dir, Dir: filepath.Join(dir, "functions", name), Runtime: "nodejs22.x", Handler: "index.handler"}
		write(tb, units[i].Dir, source(i))
	}
	return units
}

func benchmark(b *testing.B, n int, source func(int) map[string]string) {
	units := project(b, n, source)
	must := func(p *pack.Packer) []pack.Artifact {
		artifacts, err := p.Pack(b.Context(), units)
		if err != nil {
			b.Fatal(err)
		}
		return artifacts
	}
	measure := func(name string, before func() *pack.Packer, cached int) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				p := before()
				b.StartTimer()
				artifacts := must(p)
				b.StopTimer()
				hits := 0
				for _, a := range artifacts {
					if a.Cached {
						hits++
					}
				}
				if hits != cached {
					b.Fatalf("%d of %d from the cache, not %d", hits, n, cached)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/project")
			b.ReportMetric(0, "ns/op")
		})
	}
	measure("cold", func() *pack.Packer { return pack.New(pack.Deps{CacheDir: b.TempDir()}) }, 0)
	cache := b.TempDir()
	p := pack.New(pack.Deps{CacheDir: cache})
	must(p)
	measure("unchanged", func() *pack.Packer { return p }, n)
	measure("unchanged-new-process", func() *pack.Packer { return pack.New(pack.Deps{CacheDir: cache}) }, n)
	edit := 0
	measure("one-changed", func() *pack.Packer {
		edit++
		for name, text := range source(edit + n) {
			write(b, units[n/2].Dir, map[string]string{name: text})
		}
		return p
	}, n-1)
}

// write writes files under a folder.
func write(tb testing.TB, dir string, files map[string]string) {
	tb.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
}
