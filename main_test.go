//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// patience is how long a script waits for what must come. Nothing waits that long unless it is broken.
const patience = 30 * time.Second

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"airloom": main, "unprivileged": unprivileged})
}

// TestScripts runs the program as people do, command by command. What each command is for stands in its script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("app", "cli", "testdata", "script"),
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			e.Setenv("HOME", home) // nothing of whoever runs the tests is touched, or helps them pass
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
			e.Setenv("XDG_CACHE_HOME", filepath.Join(home, "cache"))
			e.Setenv("AWS_CONFIG_FILE", filepath.Join(home, "aws"))
			e.Values[started{}] = map[string]*process{}
			return os.MkdirAll(home, 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exit": exit, "start": start, "await": await, "interrupt": interrupt, "http": request, "capture": capture,
			"replace": replace, "damage": damage, "soon": soon, "take-port": takePort, "until": until,
		},
	})
}

// unprivileged runs a command without root's right to write where permissions forbid it.
func unprivileged() {
	runtime.LockOSThread()
	for _, c := range []uintptr{unix.CAP_DAC_OVERRIDE, unix.CAP_DAC_READ_SEARCH, unix.CAP_FOWNER} {
		_ = unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0) // who is not root has none
	}
	path, err := exec.LookPath(os.Args[1])
	if err == nil {
		err = syscall.Exec(path, os.Args[1:], os.Environ())
	}
	os.Stderr.WriteString(err.Error() + "\n")
	os.Exit(126)
}

// exit CODE COMMAND [ARG...] runs a command that must end with that code.
func exit(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	got := 0
	if errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, not %s", got, args[0])
	}
}

type started struct{}

// process is a command that goes on while the script does.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}

	mu    sync.Mutex
	out   bytes.Buffer
	wrote chan struct{} // closed and made anew at each write
}

func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.wrote)
	p.wrote = make(chan struct{})
	return p.out.Write(b)
}

func (p *process) read() (string, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String(), p.wrote
}

func running(ts *testscript.TestScript, name string) *process {
	p := ts.Value(started{}).(map[string]*process)[name]
	if p == nil {
		ts.Fatalf("nothing called %s was started", name)
	}
	return p
}

// start NAME COMMAND [ARG...] starts a command. What is left of it at the script's end is killed.
func start(ts *testscript.TestScript, _ bool, args []string) {
	path, err := exec.LookPath(args[1])
	ts.Check(err)
	p := &process{cmd: exec.Command(path, args[2:]...), done: make(chan struct{}), wrote: make(chan struct{})}
	p.cmd.Dir = ts.MkAbs(".")
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		p.cmd.Env = append(p.cmd.Env, name+"="+ts.Getenv(name))
	}
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "AWS_CONFIG_FILE", "TMPDIR", "AWS_SECRET_ACCESS_KEY"} {
		p.cmd.Env = append(p.cmd.Env, name+"="+ts.Getenv(name))
	}
	p.cmd.Stdout, p.cmd.Stderr = p, p
	ts.Check(p.cmd.Start())
	ts.Value(started{}).(map[string]*process)[args[0]] = p
	go func() { defer close(p.done); _ = p.cmd.Wait() }()
	ts.Defer(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
		if out, _ := p.read(); out != "" {
			ts.Logf("[%s]\n%s", args[0], out)
		}
	})
}

// await NAME PATTERN [VAR] waits until a started command has written what matches. VAR becomes the first group.
func await(ts *testscript.TestScript, _ bool, args []string) {
	p, pattern := running(ts, args[0]), regexp.MustCompile(args[1])
	late := time.After(patience)
	for {
		out, wrote := p.read()
		if m := pattern.FindStringSubmatch(out); m != nil {
			if len(args) > 2 {
				ts.Setenv(args[2], m[1])
			}
			return
		}
		select {
		case <-wrote:
		case <-p.done:
			if again, _ := p.read(); again == out {
				ts.Fatalf("%s ended without writing %s:\n%s", args[0], args[1], out)
			}
		case <-late:
			ts.Fatalf("%s did not write %s:\n%s", args[0], args[1], out)
		}
	}
}

// interrupt NAME CODE presses Ctrl-C and waits for the end: with that exit code, and without any process or port left over.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	p := running(ts, args[0])
	family := descendants(p.cmd.Process.Pid)
	ports := listening(append(family, p.cmd.Process.Pid))
	ts.Check(p.cmd.Process.Signal(os.Interrupt))
	select {
	case <-p.done:
	case <-time.After(patience):
		ts.Fatalf("%s did not end", args[0])
	}
	if got := strconv.Itoa(p.cmd.ProcessState.ExitCode()); got != args[1] {
		ts.Fatalf("%s ended with the code %s, not %s", args[0], got, args[1])
	}
	for _, pid := range family {
		if status, err := os.ReadFile(procFile(pid, "status")); err == nil && !bytes.Contains(status, []byte("State:\tZ")) {
			ts.Fatalf("%s left the process %d behind:\n%s", args[0], pid, status)
		}
	}
	for _, port := range ports {
		if c, err := net.Dial("tcp", port); err == nil {
			c.Close()
			ts.Fatalf("%s left the port %s open", args[0], port)
		}
	}
	ts.Logf("%d child processes and %d ports are gone", len(family), len(ports))
}

func procFile(pid int, name string) string { return filepath.Join("/proc", strconv.Itoa(pid), name) }

// descendants are the processes below one: https://man7.org/linux/man-pages/man5/proc_pid_task.5.html
func descendants(pid int) []int {
	var out []int
	lists, _ := filepath.Glob(procFile(pid, "task/*/children"))
	for _, list := range lists {
		text, _ := os.ReadFile(list) // the thread may have ended
		for _, word := range strings.Fields(string(text)) {
			child, _ := strconv.Atoi(word)
			out = append(append(out, child), descendants(child)...)
		}
	}
	return out
}

// listening are the addresses that processes listen on: https://man7.org/linux/man-pages/man5/proc_pid_net.5.html
func listening(pids []int) []string {
	mine := map[string]bool{}
	for _, pid := range pids {
		files, _ := filepath.Glob(procFile(pid, "fd/*"))
		for _, f := range files {
			if to, err := os.Readlink(f); err == nil {
				mine[to] = true
			}
		}
	}
	table, _ := os.ReadFile("/proc/net/tcp")
	var out []string
	for line := range strings.Lines(string(table)) {
		const local, state, inode, listen = 1, 3, 9, "0A"
		f := strings.Fields(line)
		if len(f) <= inode || f[state] != listen || !mine["socket:["+f[inode]+"]"] {
			continue
		}
		port, _ := strconv.ParseInt(f[local][strings.LastIndexByte(f[local], ':')+1:], 16, 32)
		out = append(out, "127.0.0.1:"+strconv.FormatInt(port, 10))
	}
	return out
}

// http STATUS METHOD URL [BODY] [-H NAME:VALUE]... [-match PATTERN] sends a request until the answer is as expected, and
// leaves its body in the file "body".
func request(ts *testscript.TestScript, _ bool, args []string) {
	status, method, url, body := args[0], args[1], args[2], ""
	header, pattern, began := http.Header{}, regexp.MustCompile(""), time.Now()
	for rest := args[3:]; len(rest) > 0; rest = rest[1:] {
		switch rest[0] {
		case "-H":
			name, value, _ := strings.Cut(rest[1], ":")
			header.Add(name, strings.TrimSpace(value))
			rest = rest[1:]
		case "-match":
			pattern, rest = regexp.MustCompile(rest[1]), rest[1:]
		default:
			body = rest[0]
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	last := "nothing"
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
		ts.Check(err)
		req.Header = header.Clone()
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			text, e := io.ReadAll(res.Body)
			res.Body.Close()
			ts.Check(e)
			last = strconv.Itoa(res.StatusCode) + " " + string(text)
			if strconv.Itoa(res.StatusCode) == status && pattern.Match(text) {
				ts.Check(os.WriteFile(ts.MkAbs("body"), text, 0o644))
				ts.Logf("answered so after %s", time.Since(began).Round(time.Millisecond))
				return
			}
		} else if ctx.Err() == nil {
			last = err.Error()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			ts.Fatalf("%s %s did not answer %s with %s, but: %s", method, url, status, pattern, last)
		}
	}
}

// capture VAR FILE PATTERN sets a variable to the first group of what matches in a file, or in stdout or stderr.
func capture(ts *testscript.TestScript, _ bool, args []string) {
	m := regexp.MustCompile(args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
	if m == nil {
		ts.Fatalf("nothing in %s matches %s", args[1], args[2])
	}
	ts.Setenv(args[0], m[1])
}

// replace FILE OLD NEW changes a file that must hold OLD, as an editor does.
func replace(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %s", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o644))
}

// damage FILE overwrites all but the first page of a file.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	text := []byte(ts.ReadFile(args[0]))
	copy(text[4096:], slices.Repeat([]byte{0xA5}, len(text)-4096))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o644))
}

// soon VAR DURATION sets a variable to a time to come, as a schedule's at(…) has it.
func soon(ts *testscript.TestScript, _ bool, args []string) {
	d, err := time.ParseDuration(args[1])
	ts.Check(err)
	ts.Setenv(args[0], time.Now().UTC().Add(d).Format("2006-01-02T15:04:05"))
}

// take-port VAR listens on a port until the script's end.
func takePort(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv(args[0], strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
}

// until FILE waits until a file is there.
func until(ts *testscript.TestScript, _ bool, args []string) {
	late := time.After(patience)
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			ts.Fatalf("%s did not appear", args[0])
		}
	}
}
