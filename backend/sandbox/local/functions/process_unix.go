//go:build unix

package functions

import (
	"errors"
	"os"
	"os/exec"
	"syscall"

	"airloom/backend/fault"
)

// process is a running process, the leader of a group of its own.
type process struct{ cmd *exec.Cmd }

// launch starts a process with its output in a pipe. Its standard input is empty.
func launch(cmd *exec.Cmd, memoryMB int, line func([]byte)) (*process, *output, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Unavailable, "opening a pipe")
	}
	defer w.Close()
	cmd.Stdout, cmd.Stderr = w, w
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		r.Close()
		return nil, nil, err
	}
	limit(cmd.Process.Pid, memoryMB)
	return &process{cmd}, newOutput(r, line), nil
}

func (p *process) wait() exit {
	_ = p.cmd.Wait() // the state says more than the error
	s := p.cmd.ProcessState
	e := exit{code: s.ExitCode(), reason: s.String()}
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		e = exit{code: 128 + int(ws.Signal()), reason: "signal: " + ws.Signal().String()}
	}
	return e
}

// kill ends the whole group. Its id belongs to nobody else as long as one member lives, a dead leader that was not waited
// for included.
func (p *process) kill() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }

// close ends what is left of the group after its leader.
func (p *process) close() { p.kill() }

// available reads what lies in the pipe, without waiting: at most what a pipe holds, for a process may print without end.
func available(f *os.File, buf []byte) int {
	c, err := f.SyscallConn()
	if err != nil {
		return 0
	}
	n := 0
	_ = c.Read(func(fd uintptr) bool {
		for n < len(buf) {
			m, err := syscall.Read(int(fd), buf[n:])
			if errors.Is(err, syscall.EINTR) {
				continue
			}
			if err != nil || m <= 0 {
				break
			}
			n += m
		}
		return true
	})
	return n
}
