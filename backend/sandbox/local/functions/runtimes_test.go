package functions

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// programs is a folder of scripts that answer as interpreters do.
func programs(t *testing.T, answers map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range answers {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\ncat <<'EOT'\n"+text+"\nEOT\n"), 0o755))
	}
	return dir
}

func units(runtimes ...string) []kind.Unit {
	var out []kind.Unit
	for _, r := range runtimes {
		out = append(out, kind.Unit{Node: "n-" + "1", Runtime: r})
	}
	return out
}

// L: a machine that differs from what is declared says how, once each.
func TestWarnings(t *testing.T) {
	t.Parallel()
	all := units("nodejs22.x", "nodejs22.x", "nodejs20.x", "python3.13", "python3.1", "provided.al2023", "java21")
	b := newBench(t, func(d *Deps) {
		d.Runtimes.Path = programs(t, map[string]string{"node": "20.20.2", "python3": "3.11.7\n/base\nFalse"})
	})
	want := []string{
		"declared nodejs22.x, this machine runs it on Node.js 20.20.2",
		"this build ships no AWS SDK for JavaScript: functions find only what they bring",
		"declared python3.13, this machine runs it on Python 3.11.7",
		"Python 3.11.7 has no boto3, which Lambda's runtime provides: install it (pip install boto3), or pack it with the function",
		"declared python3.1, this machine runs it on Python 3.11.7",
	}
	if got := b.Warnings(all); !slices.Equal(got, want) {
		t.Errorf("warnings\n%s", strings.Join(got, "\n"))
	}
	exact := newBench(t, func(d *Deps) {
		d.SDK = fstest.MapFS{}
		d.Runtimes.Path = programs(t, map[string]string{"node": "22.1.0", "python3": "3.11.7\n/base\nFalse", "python3.13": "3.13.1\n/base\nTrue"})
	})
	if got := exact.Warnings(units("nodejs22.x", "python3.13", "provided.al2023")); len(got) > 0 {
		t.Errorf("the declared versions are there: %q", got)
	}
}

// What is not installed, or cannot be hosted at all, is refused by name, and nothing of it is deployed.
func TestMissing(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(d *Deps) { d.Runtimes.Path = programs(t, map[string]string{"python": "2.7.18\n/base\nFalse"}) })
	got := b.Missing(units("nodejs22.x", "python3.13", "provided.al2023", "java21"))
	for i, want := range []struct{ message, hint string }{
		{"nodejs22.x needs Node.js, which is not installed on this machine", "https://nodejs.org"},
		{"python3.13 needs Python, which is not installed on this machine", "https://www.python.org"},
		{"the embedded sandbox does not run java21", "AWS account"},
	} {
		if len(got) != 3 || got[i].Message != want.message || !strings.Contains(got[i].Hint, want.hint) || got[i].Node != "n-1" || got[i].Severity != fault.Blocking {
			t.Fatalf("findings %+v", got)
		}
	}
	err := b.Put(kind.FunctionSpec{ARN: arn("f"), Node: "n-1", Runtime: "nodejs22.x", ArtifactKey: b.artifact(map[string]string{"index.mjs": ""})})
	if fault.CodeOf(err) != fault.Unavailable || fault.As(err).Where != "n-1" {
		t.Errorf("put: %v", err)
	}
}

func TestFamilies(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{"nodejs22.x": {"nodejs", "22"}, "python3.13": {"python", "3.13"}, "provided.al2023": {"provided", ".al2023"}, "java21": {"java", "21"}, "ruby3.4": {"ruby", "3.4"}} {
		if got := [2]string{family(name), declared(name)}; got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
}
