//go:build unix

package pack

import (
	"os/exec"
	"syscall"
)

// group makes the command the leader of a new process group, and its cancellation a polite one for the whole group.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
}

// endGroup kills what is left of the group. Its id cannot belong to others yet as long as a member lives; if none does,
// the signal goes nowhere.
func endGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
