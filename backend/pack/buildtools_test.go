package pack_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"airloom/backend/fault"
)

// TestMavenWithFakeMvn: Maven, a fake that records its calls, builds classes and copies the run-time dependencies; both are
// laid out as Lambda's Java runtimes expect them.
func TestMavenWithFakeMvn(t *testing.T) {
	calls := tool(t, "mvn", `mkdir -p target/classes/shop target/test-classes
echo code > target/classes/shop/Handler.class; echo test > target/test-classes/Test.class
for a; do case $a in -DoutputDirectory=*) lib=${a#*=};; esac; done; echo jar > "$lib/dep-1.0.jar"`)
	u := function(t, "java21", "shop.Handler::handle", map[string]string{"pom.xml": "<project/>", "src/main/java/shop/Handler.java": "", ".env": "SECRET=1"})
	p := packer(t)
	a := must(t, p, u)
	if got := files(t, a); !slices.Equal(got, []string{"lib/dep-1.0.jar", "shop/Handler.class"}) {
		t.Errorf("the zip holds %q", got)
	}
	args := called(t, calls)
	for _, want := range []string{"-DskipTests", "package", "dependency:copy-dependencies", "-DincludeScope=runtime", "--batch-mode"} {
		if !slices.Contains(args, want) {
			t.Errorf("no %s in %q", want, args)
		}
	}
	if args[0] != u.Dir {
		t.Errorf("it ran in %s", args[0])
	}
	if again := must(t, p, u); again.Cached || again.Digest != a.Digest || len(called(t, calls)) != 2*len(args) {
		t.Errorf("Maven, which knows what changed, was not asked again: %+v", again)
	}
}

// TestMavenWrapper: the wrapper that a project carries is preferred to what is installed, and none above the project is run.
func TestMavenWrapper(t *testing.T) {
	installed := tool(t, "mvn", "mkdir -p target/classes; echo x > target/classes/installed")
	u := function(t, "java21", "shop.Handler::handle", map[string]string{"pom.xml": "<project/>"})
	wrapper := "#!/bin/sh\nmkdir -p target/classes; echo x > target/classes/wrapped\n"
	script := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script(filepath.Join(filepath.Dir(u.Dir), "mvnw"), "#!/bin/sh\nmkdir -p target/classes; echo x > target/classes/foreign\n")
	if got := files(t, must(t, packer(t), u)); !slices.Equal(got, []string{"installed"}) {
		t.Errorf("the zip holds %q", got)
	}
	n := len(called(t, installed))
	script(filepath.Join(u.Dir, "mvnw"), wrapper)
	if got := files(t, must(t, packer(t), u)); !slices.Contains(got, "wrapped") || len(called(t, installed)) != n {
		t.Errorf("the zip holds %q", got)
	}
}

// TestGradleWithFakeGradle: Gradle, a fake that records its calls, is given a task that lays the function out.
func TestGradleWithFakeGradle(t *testing.T) {
	calls := tool(t, "gradle", `grep -q "tasks.register('airloomLayout'" "$(for a; do [ "$last" = --init-script ] && echo "$a"; last=$a; done)" || exit 9
mkdir -p "$AIRLOOM_LAYOUT/lib" "$AIRLOOM_LAYOUT/shop"; echo jar > "$AIRLOOM_LAYOUT/lib/dep.jar"; echo code > "$AIRLOOM_LAYOUT/shop/Handler.class"`)
	u := function(t, "java21", "shop.Handler::handle", map[string]string{"build.gradle.kts": "plugins { java }"})
	a := must(t, packer(t), u)
	if got := files(t, a); !slices.Equal(got, []string{"lib/dep.jar", "shop/Handler.class"}) {
		t.Errorf("the zip holds %q", got)
	}
	if args := called(t, calls); args[len(args)-1] != "airloomLayout" || !slices.Contains(args, "--no-daemon") {
		t.Errorf("gradle was called with %q", args)
	}
}

// TestDotnetWithFakeDotnet: dotnet, a fake that records its calls, publishes for the function's runtime and architecture,
// with nothing of this machine in the assemblies.
func TestDotnetWithFakeDotnet(t *testing.T) {
	for arch, want := range map[string]string{"arm64": "linux-arm64", "x86_64": "linux-x64"} {
		calls := tool(t, "dotnet", `while [ $# -gt 0 ]; do [ "$1" = --output ] && to=$2; shift; done; mkdir -p "$to"; echo dll > "$to/shop.dll"; echo {} > "$to/shop.runtimeconfig.json"`)
		u := function(t, "dotnet8", "shop::Shop.Handler::Handle", map[string]string{"shop.csproj": "<Project/>", "Handler.cs": ""})
		u.Arch = arch
		a := must(t, packer(t), u)
		if got := files(t, a); !slices.Equal(got, []string{"shop.dll", "shop.runtimeconfig.json"}) {
			t.Errorf("the zip holds %q", got)
		}
		args := called(t, calls)
		for flag, value := range map[string]string{"--framework": "net8.0", "--runtime": want, "--configuration": "Release", "--self-contained": "false"} {
			if got := after(t, args, flag); got != value {
				t.Errorf("%s %s, not %s", flag, got, value)
			}
		}
		for _, flag := range []string{"-p:Deterministic=true", "-p:PathMap=" + u.Dir + "=/src"} {
			if !slices.Contains(args, flag) {
				t.Errorf("no %s in %q", flag, args)
			}
		}
	}
}

// TestRubyWithFakeBundler: the sources are copied, and what the Gemfile asks for is installed by bundler, a fake that records
// its calls, into a copy: exactly what is locked, once for all functions that ask for the same.
func TestRubyWithFakeBundler(t *testing.T) {
	calls := tool(t, "bundle", `echo "$BUNDLE_PATH $BUNDLE_DEPLOYMENT $BUNDLE_WITHOUT" >> "$CALLS"
g=vendor/bundle/ruby/3.4.0; mkdir -p $g/gems/dep-1.0/lib $g/cache $g/extensions/x; echo gem > $g/gems/dep-1.0/lib/dep.rb
echo gem > $g/cache/dep-1.0.gem; echo "$PWD" > $g/extensions/x/gem_make.out`)
	source := map[string]string{"app.rb": "def handler(event:, context:) = 1", "lib/x.rb": "", "Gemfile": "gem 'dep'", "Gemfile.lock": "GEM\n  specs:\n    dep (1.0)\n",
		"vendor/bundle/ruby/3.3.0/stale.rb": "", ".bundle/config": "BUNDLE_RUBYGEMS__SECRET: x"}
	u := function(t, "ruby3.4", "app.handler", source)
	p := packer(t)
	a := must(t, p, u)
	if got, want := files(t, a), []string{"Gemfile", "Gemfile.lock", "app.rb", "lib/x.rb", "vendor/bundle/ruby/3.4.0/gems/dep-1.0/lib/dep.rb"}; !slices.Equal(got, want) {
		t.Errorf("the zip holds %q, not %q", got, want)
	}
	args := called(t, calls)
	if !slices.Contains(args, "vendor/bundle true development:test") || !slices.Contains(args, "install") || args[0] == u.Dir {
		t.Errorf("bundle was called with %q", args)
	}
	other := function(t, "ruby3.4", "other.handler", map[string]string{"other.rb": "", "Gemfile": source["Gemfile"], "Gemfile.lock": source["Gemfile.lock"]})
	must(t, p, other)
	if again := called(t, calls); len(again) != len(args) {
		t.Errorf("bundle was called again: %q", again)
	}
	write(t, other.Dir, map[string]string{"Gemfile.lock": "GEM\n  specs:\n    dep (1.1)\n"})
	must(t, p, other)
	if again := called(t, calls); len(again) != 2*len(args) {
		t.Errorf("bundle was not called for other versions: %q", again)
	}
}

// TestBuildToolErrors: a tool (a fake one here) that fails, leaves nothing, or is missing, is told with what to do.
func TestBuildToolErrors(t *testing.T) {
	for name, c := range map[string]struct {
		runtime, handler, file, tool, script string
		code                                 fault.Code
		says                                 string
	}{
		"Maven fails":           {"java21", "x.H::h", "pom.xml", "mvn", "echo '[ERROR] H.java:[3,5] ; expected'; exit 1", fault.Invalid, "H.java:[3,5] ; expected"},
		"Maven leaves nothing":  {"java21", "x.H::h", "pom.xml", "mvn", "exit 0", fault.Invalid, "left no target/classes"},
		"Gradle fails":          {"java21", "x.H::h", "build.gradle", "gradle", "echo 'H.java:3: error'; exit 1", fault.Invalid, "H.java:3: error"},
		"Gradle leaves nothing": {"java21", "x.H::h", "build.gradle", "gradle", "exit 0", fault.Invalid, "laid nothing out"},
		"dotnet fails":          {"dotnet8", "x::H::h", "x.fsproj", "dotnet", "echo 'H.fs(3,5): error FS0010'; exit 1", fault.Invalid, "H.fs(3,5): error FS0010"},
		"bundler fails":         {"ruby3.4", "app.handler", "Gemfile", "bundle", "echo 'Could not find gem dep'; exit 1", fault.Invalid, "Could not find gem dep"},
		"bundler has no server": {"ruby3.4", "app.handler", "Gemfile", "bundle", "echo 'Could not reach host rubygems.org'; exit 1", fault.Unavailable, "does not reach"},
		"mvn missing":           {"java21", "x.H::h", "pom.xml", "", "", fault.Unavailable, "mvn is not installed"},
		"gradle missing":        {"java21", "x.H::h", "build.gradle", "", "", fault.Unavailable, "gradle is not installed"},
		"dotnet missing":        {"dotnet8", "x::H::h", "x.csproj", "", "", fault.Unavailable, "dotnet is not installed"},
		"bundle missing":        {"ruby3.4", "app.handler", "Gemfile", "", "", fault.Unavailable, "bundle is not installed"},
		"no build file, Java":   {"java21", "x.H::h", "H.java", "", "", fault.Invalid, "pom.xml"},
		"no build file, .NET":   {"dotnet8", "x::H::h", "H.cs", "", "", fault.Invalid, ".csproj"},
		"no Ruby source":        {"ruby3.4", "main.handler", "app.rb", "", "", fault.NotFound, "there is no main.rb"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.tool == "" {
				t.Setenv("PATH", t.TempDir())
			} else {
				tool(t, c.tool, c.script)
			}
			u := function(t, c.runtime, c.handler, map[string]string{c.file: "x", "app.rb": "x"})
			if got := refused(t, packer(t), u, c.code); !strings.Contains(got, c.says) {
				t.Errorf("got %q, want %q in it", got, c.says)
			}
		})
	}
}
