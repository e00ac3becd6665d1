package pack

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"airloom/backend/fault"
)

// Java functions are packed as AWS describes for zips: classes and resources at the top, the jars they need in lib.
// https://docs.aws.amazon.com/lambda/latest/dg/java-package.html

// maven compiles with the project's own plugins and asks for its run-time dependencies.
func maven(ctx context.Context, j *job) error {
	u := j.unit
	j.inputs.never() // a parent or a sibling module may have changed
	lib, err := j.temp()
	if err != nil {
		return err
	}
	args := []string{wrapper(u.Dir, "mvnw", "mvn"), "--quiet", "--batch-mode", "-DskipTests", "package", "dependency:copy-dependencies",
		"-DincludeScope=runtime", "-DoutputDirectory=" + lib}
	j.log("building %s with Maven", u.Name)
	if _, err := j.tool(ctx, Cmd{Dir: u.Dir, Args: args}, "building "+u.Name); err != nil {
		return err
	}
	classes := filepath.Join(u.Dir, "target", "classes")
	if _, err := os.Stat(classes); err != nil {
		return fault.Wrap(err, fault.Invalid, "Maven ended well but left no target/classes in %s", u.Dir).At(u.Node).
			Try("Point the function at the module with its code, or give it a build command.")
	}
	if err := j.tree(classes, "", false, nil); err != nil {
		return err
	}
	return j.tree(lib, "lib", false, nil)
}

// gradleLayout adds one task that lays the function out, without a change to the project.
const gradleLayout = `allprojects {
    plugins.withId('java') {
        tasks.register('airloomLayout', Sync) {
            from sourceSets.main.output
            into System.getenv('AIRLOOM_LAYOUT')
            into('lib') { from configurations.runtimeClasspath }
        }
    }
}
`

func gradle(ctx context.Context, j *job) error {
	u := j.unit
	j.inputs.never() // a sibling project may have changed
	work, err := j.temp()
	if err != nil {
		return err
	}
	script, layout := filepath.Join(work, "layout.gradle"), filepath.Join(work, "layout")
	if err := os.WriteFile(script, []byte(gradleLayout), 0o644); err != nil {
		return fault.Wrap(err, fault.Unavailable, "writing Gradle's layout task").At(u.Node)
	}
	// The task's name alone would run it in every subproject below.
	args := []string{wrapper(u.Dir, "gradlew", "gradle"), "--quiet", "--console=plain", "--no-daemon", "--init-script", script, "airloomLayout"}
	j.log("building %s with Gradle", u.Name)
	if _, err := j.tool(ctx, Cmd{Dir: u.Dir, Args: args, Env: []string{"AIRLOOM_LAYOUT=" + layout}}, "building "+u.Name); err != nil {
		return err
	}
	if _, err := os.Stat(layout); err != nil {
		return fault.Wrap(err, fault.Invalid, "Gradle ended well but laid nothing out for %q", u.Name).At(u.Node).
			Try("Apply the java plugin in %s, or give the function a build command.", u.Dir)
	}
	return j.tree(layout, "", false, nil)
}

// wrapper prefers the build tool's wrapper that a project carries, in its folder or above, to what is installed.
func wrapper(dir, script, tool string) string {
	if runtime.GOOS == "windows" {
		script = strings.TrimSuffix(script, "w") + "w.cmd"
		if tool == "gradle" {
			script = "gradlew.bat"
		}
	}
	for d := range parents(dir) {
		if builds, _ := filepath.Glob(filepath.Join(escapeGlob(d), "*.gradle*")); len(builds) == 0 {
			if _, err := os.Stat(filepath.Join(d, "pom.xml")); err != nil {
				break // above the project: not ours to run
			}
		}
		path := filepath.Join(d, script)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && (runtime.GOOS == "windows" || info.Mode()&0o100 != 0) {
			return path
		}
	}
	return tool
}
