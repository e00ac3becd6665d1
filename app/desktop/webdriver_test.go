//go:build linux && desktop && automation

package desktop

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// xvfb starts a virtual screen for the test and gives its DISPLAY.
func xvfb(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1600x1000x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	start(t, cmd)
	w.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb names no display: %v (build/setup.sh test installs it)", err)
	}
	return ":" + strings.TrimSpace(number)
}

// start runs a helper process in its own group until the test ends.
func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v (build/setup.sh test installs it)", cmd.Path, err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
}

// screen is the environment of a program on the virtual screen, with no session bus and no accessibility bus.
func screen(display string, more ...string) []string {
	env := []string{"DISPLAY=" + display, "GDK_BACKEND=x11", "NO_AT_BRIDGE=1", "DBUS_SESSION_BUS_ADDRESS=disabled:", "LIBGL_ALWAYS_SOFTWARE=1"}
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "DISPLAY", "WAYLAND_DISPLAY", "GDK_BACKEND", "NO_AT_BRIDGE", "DBUS_SESSION_BUS_ADDRESS":
		default:
			env = append(env, v)
		}
	}
	return append(env, more...)
}

// driver is one WebDriver session (https://www.w3.org/TR/webdriver2/) with a real window.
type driver struct {
	t    *testing.T
	base string // http://127.0.0.1:port/session/id
}

// drive starts binary under WebKitWebDriver with that environment.
func drive(t *testing.T, env []string, binary string, args ...string) *driver {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") // WebKitWebDriver does not tell a port it chose
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	cmd := exec.Command("WebKitWebDriver", "--host=127.0.0.1", "--port="+strconv.Itoa(port))
	cmd.Env = env
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	start(t, cmd)
	d := &driver{t: t, base: fmt.Sprintf("http://127.0.0.1:%d", port)}
	await(t, "WebKitWebDriver answers", 20*time.Second, func() bool {
		r, err := http.Get(d.base + "/status")
		if err == nil {
			r.Body.Close()
		}
		return err == nil
	})
	var session struct{ SessionID string }
	if args == nil {
		args = []string{}
	}
	d.must("POST", "/session", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"webkitgtk:browserOptions": map[string]any{"binary": binary, "args": args},
	}}}, &session)
	d.base += "/session/" + session.SessionID
	d.must("POST", "/timeouts", map[string]any{"script": 30000, "implicit": 0}, nil)
	return d
}

// js runs a function body in the page and decodes what it returns; promises are awaited.
func (d *driver) js(result any, body string, args ...any) {
	d.t.Helper()
	if args == nil {
		args = []any{}
	}
	d.must("POST", "/execute/sync", map[string]any{"script": body, "args": args}, result)
}

// try is js for moments in which the page may be loading.
func (d *driver) try(result any, body string) error {
	return d.call("POST", "/execute/sync", map[string]any{"script": body, "args": []any{}}, result)
}

func (d *driver) must(method, path string, body, result any) {
	d.t.Helper()
	if err := d.call(method, path, body, result); err != nil {
		d.t.Fatal(err)
	}
}

func (d *driver) call(method, path string, body, result any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, d.base+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer resp.Body.Close()
	text, err = io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, text)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(text, &struct{ Value any }{result})
}

// await waits until it holds, looking often; the deadline is generous because it only bounds a failure.
func await(t *testing.T, what string, deadline time.Duration, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(deadline); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v in vain: %s", deadline, what)
		}
	}
}

// process is one entry of /proc.
type process struct {
	pid, parent int
	name        string
}

// family is a process and all below it.
func family(root int) []process {
	var all []process
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue // it just ended
		}
		text := string(stat)
		open, shut := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
		fields := strings.Fields(text[shut+1:]) // state, parent, …
		parent, _ := strconv.Atoi(fields[1])
		if fields[0] == "Z" {
			continue
		}
		all = append(all, process{pid, parent, text[open+1 : shut]})
	}
	in := map[int]bool{root: true}
	var found []process
	for grew := true; grew; {
		grew = false
		for i, p := range all {
			if p.pid != 0 && (in[p.parent] || p.pid == root) {
				in[p.pid] = true
				found = append(found, p)
				all[i] = process{}
				grew = true
			}
		}
	}
	return found
}

// named finds the one process of a family whose name begins so (names are cut at 15 bytes).
func named(t *testing.T, root int, name string) int {
	t.Helper()
	for _, p := range family(root) {
		if strings.HasPrefix(p.name, name) {
			return p.pid
		}
	}
	t.Fatalf("no %s below process %d: %v", name, root, family(root))
	return 0
}

// inetSockets are the internet sockets that a family holds, as /proc/net lines; listening or not.
func inetSockets(root int) []string {
	held := map[string]bool{}
	for _, p := range family(root) {
		dir := fmt.Sprintf("/proc/%d/fd/", p.pid)
		fds, _ := os.ReadDir(dir)
		for _, fd := range fds {
			if to, err := os.Readlink(dir + fd.Name()); err == nil && strings.HasPrefix(to, "socket:[") {
				held[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
			}
		}
	}
	var found []string
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6", "raw", "raw6"} {
		text, _ := os.ReadFile("/proc/net/" + table)
		for _, line := range strings.Split(string(text), "\n") {
			if f := strings.Fields(line); len(f) > 9 && held[f[9]] {
				found = append(found, table+" "+line)
			}
		}
	}
	return found
}
