package pack

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"airloom/backend/fault"
)

// python packs the sources as they are, and beside them what requirements.txt asks for.
// https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
func python(ctx context.Context, j *job) error {
	u := j.unit
	stem, _, err := splitHandler(u)
	if err != nil {
		return err
	}
	if err := j.tree(u.Dir, "", true, nil); err != nil {
		return err
	}
	own := map[string]bool{}
	for _, e := range j.entries {
		own[e.name] = true
	}
	if !own[stem+".py"] && !own[stem+"/__init__.py"] {
		return fault.New(fault.NotFound, "the handler %s of %q has no source: there is no %s.py in %s", u.Handler, u.Name, stem, u.Dir).
			At(u.Node).Try("Create %s.py, or change the handler.", stem)
	}
	if !own["requirements.txt"] {
		return nil
	}
	text, err := j.requirements(filepath.Join(u.Dir, "requirements.txt"), 0)
	if err != nil || len(text) == 0 {
		return err
	}
	installed, err := j.layer("pip", []string{u.Runtime, u.Arch, u.OS, string(text)}, func(dir string) error {
		return j.pip(ctx, dir)
	})
	if err != nil {
		return err
	}
	return j.tree(installed, "", false, func(rel string) bool {
		// Scripts start with a path of this machine, and RECORD holds their digest. The function's own files win.
		return rel == "bin" || own[rel] || strings.HasSuffix(path.Dir(rel), ".dist-info") && path.Base(rel) == "RECORD"
	})
}

// requirements gives what a requirements file asks for, with the files that it includes, without comments: empty if
// nothing. Included and local files become inputs.
func (j *job) requirements(file string, depth int) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "reading what requirements.txt asks for").At(j.unit.Node).Try("Create it, or remove the line that includes it.")
	}
	if depth > 8 {
		return nil, fault.New(fault.Invalid, "requirements.txt includes %s through more than eight others", file).At(j.unit.Node).
			Try("Let no file include itself.")
	}
	j.inputs.add(ref{content, file})
	var out bytes.Buffer
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), " #")
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		out.WriteString(line + "\n")
		if m := include.FindStringSubmatch(line); m != nil {
			more, err := j.requirements(filepath.Join(filepath.Dir(file), m[1]), depth+1)
			if err != nil {
				return nil, err
			}
			out.Write(more)
		} else if local := filepath.Join(j.unit.Dir, line); strings.HasSuffix(line, ".whl") {
			j.inputs.add(ref{content, local})
			state := j.run.states.of(ref{content, local})
			out.WriteString(state + "\n")
		}
	}
	return out.Bytes(), nil
}

var include = regexp.MustCompile(`^(?:-r|-c|--requirement|--constraint)[ =]?\s*(\S+)$`)

// pip installs into a folder: wheels only, built for Lambda's Amazon Linux 2023 (glibc 2.34), so that the machine that packs
// does not matter and no package's code runs.
func (j *job) pip(ctx context.Context, target string) error {
	u := j.unit
	args := []string{"install", "--requirement", "requirements.txt", "--target", target, "--no-compile", "--only-binary=:all:",
		"--implementation", "cp", "--python-version", strings.TrimPrefix(u.Runtime, "python")}
	machine := map[string]string{"arm64": "aarch64", "x86_64": "x86_64"}[u.Arch]
	if u.OS == "linux" {
		for _, glibc := range []string{"manylinux_2_34_", "manylinux_2_28_", "manylinux2014_"} {
			args = append(args, "--platform", glibc+machine)
		}
	}
	args = append(args, "--no-input", "--disable-pip-version-check", "--no-warn-conflicts", "--quiet")
	j.log("installing requirements.txt of %s for %s on %s with pip", u.Name, u.Runtime, u.Arch)
	var out []byte
	var err error
	for _, pip := range [][]string{{"python3", "-m", "pip"}, {"pip3"}, {"pip"}} {
		out, err = j.tool(ctx, Cmd{Dir: u.Dir, Args: append(pip[:len(pip):len(pip)], args...)}, "installing the requirements of "+u.Name)
		if !errors.Is(err, exec.ErrNotFound) && !bytes.Contains(out, []byte("No module named pip")) {
			break
		}
	}
	if err != nil && unreachable.Match(out) {
		return fault.Wrap(err, fault.Unavailable, "requirements.txt of %q asks for packages, and pip does not reach its index", u.Name).At(u.Node).
			Try("Connect, or put the packages beside the source and empty requirements.txt.")
	}
	if err != nil && bytes.Contains(out, []byte("No matching distribution")) {
		return fault.Wrap(err, fault.Invalid, "installing the requirements of %s: %s", u.Name, lastLines(out)).At(u.Node).
			Try("Choose a version that has a wheel for %s on %s.", u.Runtime, u.Arch)
	}
	return err
}

// layer gives a folder of installed dependencies that is kept in the cache under what it was made from, and fills it
// if it is not there yet.
func (j *job) layer(kind string, from []string, fill func(dir string) error) (string, error) {
	sum := sha256.New()
	for _, f := range from {
		sum.Write([]byte(f + "\x00"))
	}
	dir := filepath.Join(j.run.packer.deps.CacheDir, kind+"-"+hex.EncodeToString(sum.Sum(nil)[:16]))
	err := j.run.sole(dir, func() error {
		if _, err := os.Stat(dir); err == nil {
			now := j.run.packer.deps.Now()
			_ = os.Chtimes(dir, now, now) // still in use: see prune
			return nil
		}
		work, err := j.temp()
		if err != nil {
			return err
		}
		full := filepath.Join(work, kind)
		if err := os.Mkdir(full, 0o755); err != nil {
			return fault.Wrap(err, fault.Unavailable, "making a folder for dependencies").At(j.unit.Node)
		}
		if err := fill(full); err != nil {
			return err
		}
		if err := os.Rename(full, dir); err != nil {
			if _, e := os.Stat(dir); e == nil {
				return nil // another process was faster
			}
			return fault.Wrap(err, fault.Unavailable, "keeping installed dependencies").At(j.unit.Node)
		}
		return nil
	})
	return dir, err
}
