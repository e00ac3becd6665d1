package pack

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"airloom/backend/fault"
)

// golang cross-compiles the folder's main package to the executable that provided runtimes start.
// https://docs.aws.amazon.com/lambda/latest/dg/golang-package.html
func golang(ctx context.Context, j *job) error {
	u := j.unit
	env := []string{"GOOS=" + u.OS, "GOARCH=" + map[string]string{"arm64": "arm64", "x86_64": "amd64"}[u.Arch], "CGO_ENABLED=0"}
	j.goInputs(ctx, env)
	out, err := j.temp()
	if err != nil {
		return err
	}
	bootstrap := filepath.Join(out, "bootstrap")
	// No version control stamp, no build id, no paths: only the source decides the bytes. The tag leaves out a server that
	// only the retired go1.x runtime used.
	args := []string{"go", "build", "-buildmode=exe", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-tags", "lambda.norpc", "-o", bootstrap, "."}
	j.log("compiling %s for %s", u.Name, u.Arch)
	if output, err := j.tool(ctx, Cmd{Dir: u.Dir, Args: args, Env: env}, "compiling "+u.Name); err != nil {
		if unreachable.Match(output) {
			return fault.Wrap(err, fault.Unavailable, "compiling %q needs modules, and their proxy cannot be reached", u.Name).At(u.Node).
				Try("Connect, or run go mod download in %s when you are.", u.Dir)
		}
		switch e := fault.As(err); {
		case bytes.Contains(output, []byte("go.mod file not found")), bytes.Contains(output, []byte("cannot find main module")):
			return e.Try("Run go mod init in %s.", u.Dir)
		case bytes.Contains(output, []byte("requires exactly one main package")):
			return e.Try("Point the function at a folder with package main.")
		}
		return err
	}
	return j.tree(out, "", false, nil)
}

// goPackage is what `go list` tells about a package.
type goPackage struct {
	Dir      string
	Standard bool
	Module   *struct {
		Version string
		Replace *struct{ Version string }
	}
	GoFiles, SFiles, HFiles, OtherFiles, EmbedFiles, SysoFiles []string
}

// goInputs notes the files that the build is going to read: of the main module and of modules replaced by a folder.
// Others are immutable, and named by go.sum. Where go does not tell, the unit is built each time; why, the build says better.
func (j *job) goInputs(ctx context.Context, env []string) {
	u := j.unit
	list := []string{"go", "list", "-deps", "-e", "-tags", "lambda.norpc",
		"-json=Dir,Standard,Module,GoFiles,SFiles,HFiles,OtherFiles,EmbedFiles,SysoFiles", "."}
	var out bytes.Buffer
	if _, err := j.tool(ctx, Cmd{Dir: u.Dir, Args: list, Env: env, Out: &out}, "reading the packages of "+u.Name); err != nil {
		j.inputs.never()
		return
	}
	for packages := json.NewDecoder(&out); packages.More(); {
		var p goPackage
		if err := packages.Decode(&p); err != nil {
			j.inputs.never()
			return
		}
		fromCache := p.Module != nil && (p.Module.Version != "" && p.Module.Replace == nil || p.Module.Replace != nil && p.Module.Replace.Version != "")
		if p.Standard || fromCache || p.Dir == "" {
			continue
		}
		j.inputs.add(ref{names, p.Dir})
		for _, name := range slices.Concat(p.GoFiles, p.SFiles, p.HFiles, p.OtherFiles, p.EmbedFiles, p.SysoFiles) {
			j.inputs.add(ref{content, filepath.Join(p.Dir, name)}, ref{names, filepath.Dir(filepath.Join(p.Dir, name))})
		}
	}
	out.Reset()
	if _, err := j.tool(ctx, Cmd{Dir: u.Dir, Args: []string{"go", "env", "GOMOD", "GOWORK", "GOROOT"}, Env: env, Out: &out}, "asking go for its settings"); err != nil {
		j.inputs.never()
		return
	}
	settings := append(strings.Split(strings.ReplaceAll(out.String(), "\r", ""), "\n"), "", "", "")
	mod, work, goroot := settings[0], settings[1], settings[2]
	if mod == "" || mod == os.DevNull {
		return
	}
	j.inputs.add(ref{content, mod}, ref{content, strings.TrimSuffix(mod, ".mod") + ".sum"},
		ref{content, filepath.Join(filepath.Dir(mod), "vendor", "modules.txt")}, ref{content, filepath.Join(goroot, "VERSION")})
	if work != "" && work != "off" {
		j.inputs.add(ref{content, work}, ref{content, work + ".sum"})
	}
	for dir := range parents(u.Dir) { // one that appears would win
		j.inputs.add(ref{content, filepath.Join(dir, "go.work")})
		if dir != filepath.Dir(mod) && strings.HasPrefix(dir, filepath.Dir(mod)) {
			j.inputs.add(ref{content, filepath.Join(dir, "go.mod")})
		}
	}
}
