package functions

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Runtimes finds the interpreters of this machine. The zero value looks where a shell would.
type Runtimes struct {
	Path  string // the list of folders to look in; "" is the PATH of this process
	known *probes
}

// probes remembers what was found, for a probe starts a process.
type probes struct {
	mu    sync.Mutex
	found map[string]interpreter
}

// interpreter is a program that runs handlers of a family. A custom runtime has none: its zip brings the program.
type interpreter struct {
	family  string // "nodejs", "python", "provided"
	program string
	version string // "20.20.2"
	base    string // where Python keeps the packages that its user installed
	boto3   bool
}

// family is a runtime without its version: nodejs22.x → nodejs, provided.al2023 → provided.
func family(runtime string) string {
	name, _, _ := strings.Cut(runtime, ".")
	return strings.TrimRight(name, "0123456789")
}

// declared is a runtime's version: nodejs22.x → 22, python3.13 → 3.13.
func declared(runtime string) string {
	return strings.TrimSuffix(strings.TrimPrefix(runtime, family(runtime)), ".x")
}

// install says how to get an interpreter.
var install = map[string]string{
	"nodejs": "install Node.js 20 or newer (https://nodejs.org)",
	"python": "install Python 3.9 or newer (https://www.python.org)",
}

// find gives what runs a runtime here: the declared version where it is installed under its own name, else any.
func (r Runtimes) find(name string) (interpreter, error) {
	switch f := family(name); f {
	case "provided":
		return interpreter{family: f}, nil
	case "nodejs":
		if i, ok := r.probe(f, "node", "-p", "process.versions.node"); ok {
			return i, nil
		}
		return interpreter{}, missing(name, "Node.js")
	case "python":
		const script = "import sys,site,importlib.util as u;print('.'.join(map(str,sys.version_info[:3])));print(site.getuserbase());print(u.find_spec('boto3') is not None)"
		for _, program := range []string{"python" + declared(name), "python3", "python"} {
			if i, ok := r.probe(f, program, "-c", script); ok && !strings.HasPrefix(i.version, "2.") {
				return i, nil
			}
		}
		return interpreter{}, missing(name, "Python")
	}
	return interpreter{}, fault.New(fault.Unsupported, "the embedded sandbox does not run %s", name).
		Try("deploy this function to an AWS account, or use Node.js, Python, or a binary for provided.al2023")
}

func missing(name, what string) error {
	return fault.New(fault.Unavailable, "%s needs %s, which is not installed on this machine", name, what).Try("%s", install[family(name)])
}

// probe looks a program up and asks it for its version, once.
func (r Runtimes) probe(family, program string, args ...string) (interpreter, bool) {
	if r.known == nil {
		r.known = &probes{}
	}
	r.known.mu.Lock()
	defer r.known.mu.Unlock()
	if i, ok := r.known.found[program]; ok {
		return i, i.program != ""
	}
	i := interpreter{family: family}
	if path := r.look(program); path != "" {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, path, args...)
		cmd.Env = append(necessities(), "HOME="+os.Getenv("HOME")) // where Python finds what its user installed
		if out, err := cmd.Output(); err == nil {
			lines := append(strings.Split(strings.TrimSpace(string(out)), "\n"), "", "")
			i.program, i.version, i.base, i.boto3 = path, strings.TrimSpace(lines[0]), strings.TrimSpace(lines[1]), strings.TrimSpace(lines[2]) == "True"
		}
	}
	if r.known.found == nil {
		r.known.found = map[string]interpreter{}
	}
	r.known.found[program] = i
	return i, i.program != ""
}

// look finds a program in the list of folders; "" where it is in none.
func (r Runtimes) look(program string) string {
	if r.Path == "" {
		path, err := exec.LookPath(program)
		if err != nil {
			return ""
		}
		path, _ = filepath.Abs(path)
		return path
	}
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	for _, dir := range filepath.SplitList(r.Path) {
		if path, err := exec.LookPath(filepath.Join(dir, program)); err == nil && filepath.IsAbs(path) {
			return path
		}
	}
	return ""
}

// args is the command line of an environment.
func (i interpreter) args(spec kind.FunctionSpec, code, bootstraps string) []string {
	switch i.family {
	case "nodejs":
		// Lambda gives the heap nine tenths of the setting, too.
		return []string{i.program, "--enable-source-maps", "--max-old-space-size=" + strconv.Itoa(spec.MemoryMB*9/10), filepath.Join(bootstraps, "nodejs", "bootstrap.cjs")}
	case "python":
		return []string{i.program, "-u", filepath.Join(bootstraps, "python", "bootstrap.py")}
	}
	return []string{filepath.Join(code, "bootstrap")}
}

// label names the interpreter in the log.
func (i interpreter) label() string {
	if i.version == "" {
		return i.family
	}
	return i.family + ":" + i.version
}

// Warnings tells where this machine differs from what the units declare, each difference once.
func (h *Host) Warnings(units []kind.Unit) []string {
	var out []string
	say := func(format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		for _, said := range out {
			if said == text {
				return
			}
		}
		out = append(out, text)
	}
	for _, u := range units {
		i, err := h.deps.Runtimes.find(u.Runtime)
		if err != nil {
			continue // Missing says so
		}
		if want := declared(u.Runtime); i.version != "" && i.version != want && !strings.HasPrefix(i.version, want+".") {
			say("declared %s, this machine runs it on %s %s", u.Runtime, title(i.family), i.version)
		}
		switch {
		case i.family == "python" && !i.boto3:
			say("Python %s has no boto3, which Lambda's runtime provides: install it (pip install boto3), or pack it with the function", i.version)
		case i.family == "nodejs" && h.deps.SDK == nil:
			say("this build ships no AWS SDK for JavaScript: functions find only what they bring")
		}
	}
	return out
}

func title(family string) string {
	return map[string]string{"nodejs": "Node.js", "python": "Python"}[family]
}

// Missing refuses units whose runtime this machine cannot run, and says what to install.
func (h *Host) Missing(units []kind.Unit) []fault.Finding {
	var out []fault.Finding
	for _, u := range units {
		if _, err := h.deps.Runtimes.find(u.Runtime); err != nil {
			f := fault.As(err)
			out = append(out, fault.Finding{Rule: "runtime", Severity: fault.Blocking, Node: string(u.Node), Field: "runtime", Message: f.Message, Hint: f.Hint})
		}
	}
	return out
}
