//go:build unix

package functions

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"airloom/backend/fault"
)

// guard ends all processes when this one is gone, however it went. It is a shell that reads the ids of the running groups from
// a pipe; the pipe closes with the last process that can write to it, which is this one. A process group dies as a
// whole; on Linux the environment variable also finds those that left their group. (The kernel's own parent-death signal is no
// substitute: it comes when the thread that started the child ends, and reaches no grandchild.)
type guard struct {
	token string
	mu    sync.Mutex
	cmd   *exec.Cmd
	pipe  io.WriteCloser
}

// guardVariable carries the token in every process.
const guardVariable = "AIRLOOM_GUARD"

const guardScript = `trap '' HUP INT TERM
groups=
while read -r change group; do
	[ "$change" != q ] || exit 0
	others=
	for g in $groups; do [ "$g" = "$group" ] || others="$others $g"; done
	groups=$others
	[ "$change" = - ] || groups="$groups $group"
done
for g in $groups; do kill -9 "-$g"; done
round=0
while [ -d /proc/self ] && [ "$round" -lt 40 ]; do
	strays=$(grep -lsaF "$0" /proc/[0-9]*/environ) || [ "$round" -lt 3 ] || break
	for s in $strays; do s=${s#/proc/}; kill -9 "${s%/environ}"; done
	round=$((round + 1))
	sleep 0.05
done
`

// ensure starts the guard.
func (g *guard) ensure() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cmd != nil {
		return nil
	}
	cmd := exec.Command("/bin/sh", "-c", guardScript, guardVariable+"="+g.token)
	cmd.Env = []string{"PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // what ends this process's group or terminal leaves it
	pipe, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "starting the guard of the function processes")
	}
	g.cmd, g.pipe = cmd, pipe
	return nil
}

func (g *guard) add(p *process)    { g.tell("+", p) }
func (g *guard) remove(p *process) { g.tell("-", p) }

func (g *guard) tell(change string, p *process) {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, _ = fmt.Fprintf(g.pipe, "%s %d\n", change, p.cmd.Process.Pid) // without a guard the groups still end with their environments
}

// sweep kills the processes that carry a variable, until there are none: those that left their group. Only Linux shows
// the variables of others.
func (g *guard) sweep(variable string) {
	self := os.Getpid()
	for range 40 {
		found := false
		files, _ := filepath.Glob("/proc/[0-9]*/environ") // the pattern is well-formed
		for _, f := range files {
			text, err := os.ReadFile(f)
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(f)))
			if err != nil || pid == self || !bytes.Contains(text, []byte(variable)) {
				continue
			}
			found = syscall.Kill(pid, syscall.SIGKILL) == nil || found
		}
		if !found {
			return
		}
	}
}

// release ends the guard; all environments have ended before.
func (g *guard) release() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cmd == nil {
		return nil
	}
	_, _ = io.WriteString(g.pipe, "q\n") // it may be gone already
	_ = g.pipe.Close()
	_ = g.cmd.Wait()
	g.cmd = nil
	return nil
}
