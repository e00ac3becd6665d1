package pack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"airloom/backend/fault"
)

// Cmd is a build tool to be started.
type Cmd struct {
	Dir     string
	Args    []string  // the program, looked up on the PATH (or a path of its own), and its arguments
	Env     []string  // added to the environment, "NAME=value"
	Out     io.Writer // where its standard output goes; nil keeps it together with what it says on standard error
	Timeout time.Duration
}

// outputKept is how much of a tool's output is kept: its end.
const outputKept = 64 << 10

// Exec runs a command in a process group of its own, so that nothing of it survives: not a cancellation, not the
// time limit, not its own end. It gives the end of what the command wrote. The error is exec.ErrNotFound, the
// context's, or an *exec.ExitError.
func Exec(ctx context.Context, c Cmd) ([]byte, error) {
	if c.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.Timeout)
		defer cancel()
	}
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Dir = c.Dir
	cmd.Env = append(withoutCredentials(os.Environ()), c.Env...)
	out := &tail{limit: outputKept}
	cmd.Stdout, cmd.Stderr = out, out
	if c.Out != nil {
		cmd.Stdout = c.Out
	}
	cmd.WaitDelay = 3 * time.Second
	group(cmd)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	err := cmd.Wait()
	endGroup(cmd)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // it ended well, but left a child behind, which is gone now
	}
	return out.bytes(), err
}

// withoutCredentials drops AWS settings: a build tool runs code from packages and has no business in the account.
func withoutCredentials(env []string) []string {
	var kept []string
	for _, v := range env {
		if !strings.HasPrefix(strings.ToUpper(v), "AWS_") {
			kept = append(kept, v)
		}
	}
	return kept
}

// tail keeps the end of what is written to it.
type tail struct {
	mu    sync.Mutex
	buf   []byte
	limit int
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if over := len(t.buf) - t.limit; over > t.limit {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(b), nil
}

func (t *tail) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.buf[max(0, len(t.buf)-t.limit):])
}

func (j *job) log(format string, args ...any) {
	j.run.packer.deps.Log(j.unit.Node, fmt.Sprintf(format, args...))
}

// tool runs a build tool for the unit; doing says what for ("installing …"). Its error says what went wrong in the
// tool's own last words; it wraps exec.ErrNotFound if there is no such tool.
func (j *job) tool(ctx context.Context, c Cmd, doing string) ([]byte, error) {
	c.Timeout = j.run.packer.deps.Timeout
	out, err := j.run.packer.deps.Run(ctx, c)
	u := j.unit
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out, nil
	case ctx.Err() != nil:
		return out, canceled(u, ctx.Err())
	case errors.Is(err, context.DeadlineExceeded):
		return out, fault.Wrap(err, fault.Limit, "%s: %s took longer than %s and was stopped", doing, c.Args[0], c.Timeout).At(u.Node).
			Try("%s", lastLines(out))
	case errors.Is(err, exec.ErrNotFound):
		return out, fault.Wrap(err, fault.Unavailable, "%s: %s is not installed, or not on the PATH", doing, c.Args[0]).At(u.Node).
			Try("Install %s, or give the function a build command.", c.Args[0])
	case errors.As(err, &exit):
		return out, fault.Wrap(err, fault.Invalid, "%s: %s failed: %s", doing, c.Args[0], lastLines(out)).At(u.Node).
			Try("Run it yourself in %s: %s", c.Dir, strings.Join(c.Args, " "))
	}
	return out, fault.Wrap(err, fault.Unavailable, "%s: %s could not be started", doing, c.Args[0]).At(u.Node)
}

// lastLines gives the last twelve lines that say something.
func lastLines(out []byte) string {
	var lines []string
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimRight(line, " \t\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}
