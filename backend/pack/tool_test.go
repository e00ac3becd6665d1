package pack_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/pack"
)

// TestToolLeavesNoProcess: whatever a build command started is gone when it ended, was stopped, or ran out of time, even what
// it started in the background and what ignores a polite signal.
func TestToolLeavesNoProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks into /proc")
	}
	for name, c := range map[string]struct {
		build   string
		timeout time.Duration
		stop    bool
		code    fault.Code // "" for success
		says    string
	}{
		"it ended":         {"sleep 600 & echo $! > pid; mkdir -p out; echo x > out/bootstrap", time.Minute, false, "", ""},
		"it failed":        {"sleep 600 & echo $! > pid; echo no luck; exit 3", time.Minute, false, fault.Invalid, "no luck"},
		"out of time":      {"sleep 600 & echo $! > pid; echo still busy; wait", 300 * time.Millisecond, false, fault.Limit, "still busy"},
		"stopped":          {"sleep 600 & echo $! > pid; wait", time.Minute, true, fault.Canceled, "was stopped"},
		"ignores a signal": {"trap '' TERM; sleep 600 & echo $! > pid; wait; wait", 300 * time.Millisecond, false, fault.Limit, "took longer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := function(t, "provided.al2023", "bootstrap", nil)
			u.Build, u.Output = c.build, "out"
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.stop {
				go func() {
					process(t, u.Dir)
					cancel()
				}()
			}
			p := pack.New(pack.Deps{CacheDir: t.TempDir(), Timeout: c.timeout})
			_, err := p.Pack(ctx, []pack.Unit{u})
			if fault.CodeOf(err) != c.code || !strings.Contains(told(err), c.says) {
				t.Errorf("it ended with %v (%s)", err, hint(err))
			}
			pid := process(t, u.Dir)
			for end := time.Now().Add(10 * time.Second); alive(pid); time.Sleep(5 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("process %d lives on", pid)
				}
			}
		})
	}
}

// process waits for the id that a build command wrote.
func process(t *testing.T, dir string) int {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		b, _ := os.ReadFile(filepath.Join(dir, "pid"))
		if id, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil && strings.HasSuffix(string(b), "\n") {
			return id
		}
	}
	t.Error("the command wrote no process id")
	return -1
}

// alive says whether a process runs; one that nobody has waited for yet does not.
func alive(pid int) bool {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	_, after, _ := strings.Cut(string(b), ") ")
	return err == nil && !strings.HasPrefix(after, "Z") && !strings.HasPrefix(after, "X")
}

// TestExecHidesCredentials: a build tool sees the environment and its own additions, but no AWS settings.
func TestExecHidesCredentials(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "canary")
	t.Setenv("AWS_PROFILE", "canary")
	t.Setenv("aws_session_token", "canary")
	t.Setenv("AIRLOOM_TEST_KEPT", "kept")
	out, err := pack.Exec(t.Context(), pack.Cmd{Dir: t.TempDir(), Args: []string{"env"}, Env: []string{"ADDED=yes"}})
	if err != nil {
		t.Fatal(err)
	}
	if s := string(out); strings.Contains(s, "canary") || !strings.Contains(s, "AIRLOOM_TEST_KEPT=kept\n") || !strings.Contains(s, "ADDED=yes\n") {
		t.Errorf("the environment was\n%s", s)
	}
}

// TestExecKeepsTheEnd: of a tool that talks without end the last words are kept, and little memory is used.
func TestExecKeepsTheEnd(t *testing.T) {
	out, err := pack.Exec(t.Context(), pack.Cmd{Dir: t.TempDir(), Args: []string{"sh", "-c", "i=0; while [ $i -lt 20000 ]; do echo line $i of many; i=$((i+1)); done; exit 1"}})
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("the error is %v", err)
	}
	if !strings.HasSuffix(string(out), "line 19999 of many\n") || len(out) > 64<<10 {
		t.Errorf("%d bytes were kept, the last: %.40q", len(out), string(out[max(0, len(out)-40):]))
	}
}

// TestPackStopped: what is stopped before it began does nothing, for every unit.
func TestPackStopped(t *testing.T) {
	units := project(t, 3, plain)
	all, err := packer(t).Pack(canceledContext(), units)
	if fault.CodeOf(err) != fault.Canceled {
		t.Errorf("the error is %v", err)
	}
	for i, a := range all {
		if a.Path != "" || !strings.Contains(err.Error(), units[i].Node) {
			t.Errorf("%+v, %v", a, err)
		}
	}
}
