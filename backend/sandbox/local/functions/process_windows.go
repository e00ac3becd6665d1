package functions

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"airloom/backend/fault"
)

// process is a running process in a job object of its own: what Windows has for a process group that nobody can leave.
type process struct {
	cmd *exec.Cmd
	job windows.Handle
}

// launch starts a process with its output in a pipe. Its job also bounds the memory of all its processes together. Windows kills a
// job when its last handle closes, so that everything ends with this process, too.
// https://learn.microsoft.com/windows/win32/procthread/job-objects
func launch(cmd *exec.Cmd, memoryMB int, line func([]byte)) (*process, *output, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Unavailable, "opening a pipe")
	}
	defer w.Close()
	cmd.Stdout, cmd.Stderr = w, w
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.CREATE_NO_WINDOW}
	job, err := newJob(memoryMB)
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		err = assign(job, cmd.Process.Pid)
	}
	if err != nil {
		r.Close()
		_ = windows.CloseHandle(job)
		return nil, nil, err
	}
	return &process{cmd, job}, newOutput(r, line), nil
}

func newJob(memoryMB int) (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, fault.Wrap(err, fault.Unavailable, "making a job object")
	}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{JobMemoryLimit: uintptr(memoryMB) << 20}
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | windows.JOB_OBJECT_LIMIT_JOB_MEMORY
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	return job, err
}

func assign(job windows.Handle, pid int) error {
	h, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "opening a function's process")
	}
	defer func() { _ = windows.CloseHandle(h) }()
	return windows.AssignProcessToJobObject(job, h)
}

func (p *process) wait() exit {
	_ = p.cmd.Wait() // the state says more than the error
	return exit{code: p.cmd.ProcessState.ExitCode(), reason: fmt.Sprintf("exit status %d", p.cmd.ProcessState.ExitCode())}
}

// kill ends the whole job.
func (p *process) kill() { _ = windows.TerminateJobObject(p.job, 1) }

// close ends what is left of the job after its first process.
func (p *process) close() { _ = windows.CloseHandle(p.job) }

// available has nothing to add: pipes take no deadlines here.
func available(*os.File, []byte) int { return 0 }

// guard needs no process of its own: jobs end with this one.
type guard struct{ token string }

const guardVariable = "AIRLOOM_GUARD"

func (*guard) ensure() error   { return nil }
func (*guard) add(*process)    {}
func (*guard) remove(*process) {}
func (*guard) sweep(string)    {}
func (*guard) release() error  { return nil }
