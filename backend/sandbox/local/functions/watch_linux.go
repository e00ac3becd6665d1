package functions

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// watch compares what the running environments use with their settings, and ends those that go above.
type watch struct {
	mu      sync.Mutex
	members map[*environment]bool
	running bool
}

const (
	look        = 25 * time.Millisecond // between two looks at the leaders of the groups
	wholeGroups = 20                    // looks between two at all members, which takes longer
	mostMembers = 1024                  // processes and threads: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
)

// limit sets what the system itself enforces: open files and no core dumps as on Lambda, the size of one file as that of Lambda's
// /tmp, and a bound well above the memory setting for what grows faster than the watch looks.
func limit(pid, memoryMB int) {
	for resource, most := range map[int]uint64{
		unix.RLIMIT_CORE: 0, unix.RLIMIT_NOFILE: 1024, unix.RLIMIT_FSIZE: 512 << 20, unix.RLIMIT_DATA: uint64(memoryMB+1024) << 20,
	} {
		_ = unix.Prlimit(pid, resource, &unix.Rlimit{Cur: most, Max: most}, nil) // lowering is allowed; it fails where the process is gone
	}
}

func (w *watch) add(e *environment) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.members == nil {
		w.members = map[*environment]bool{}
	}
	w.members[e] = true
	if !w.running {
		w.running = true
		go w.run()
	}
}

func (w *watch) remove(e *environment) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.members, e)
}

// run looks until there is nothing left to look at.
func (w *watch) run() {
	for round := 1; ; round++ {
		time.Sleep(look)
		w.mu.Lock()
		members := make([]*environment, 0, len(w.members))
		for e := range w.members {
			members = append(members, e)
		}
		w.running = len(members) > 0
		w.mu.Unlock()
		if len(members) == 0 {
			return
		}
		var groups map[int]usage
		if round%wholeGroups == 0 {
			groups = usages()
		}
		for _, e := range members {
			pid := e.process.cmd.Process.Pid
			use := groups[pid]
			resident, private := pages(strconv.Itoa(pid))
			use.pages += resident
			if groups != nil {
				use.pages -= private // it is among the group's
			}
			e.judge(use)
		}
	}
}

// judge ends an environment that uses too much.
func (e *environment) judge(use usage) {
	used := use.pages * int64(os.Getpagesize())
	limit := int64(e.spec.MemoryMB) << 20
	e.seen(used)
	switch {
	case used > limit:
		e.exceed("Runtime.OutOfMemory", fmt.Sprintf("[airloom] ended at %d MB: the memory setting is %d MB", used>>20, e.spec.MemoryMB))
	case use.members > mostMembers:
		e.exceed("Runtime.ExitError", fmt.Sprintf("[airloom] ended with %d processes and threads: Lambda allows %d", use.members, mostMembers))
	}
}

// usage is what a process group uses together.
type usage struct {
	pages   int64 // private ones; of the leader all, shared libraries included, as Lambda counts them
	members int   // processes and threads
}

// pages reads the memory of a process; 0 where it is gone.
func pages(pid string) (resident, private int64) {
	text, err := os.ReadFile("/proc/" + pid + "/statm")
	f := strings.Fields(string(text))
	if err != nil || len(f) < 3 {
		return 0, 0
	}
	resident, _ = strconv.ParseInt(f[1], 10, 64)
	shared, _ := strconv.ParseInt(f[2], 10, 64)
	return resident, resident - shared
}

// usages reads all process groups. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
func usages() map[int]usage {
	all := map[int]usage{}
	dirs, _ := filepath.Glob("/proc/[0-9]*") // the pattern is well-formed
	for _, dir := range dirs {
		text, err := os.ReadFile(dir + "/stat")
		end := bytes.LastIndexByte(text, ')') // a name may hold anything
		if err != nil || end < 0 {
			continue
		}
		f := strings.Fields(string(text[end+1:])) // from the third field, the state, on
		if len(f) < 18 {
			continue
		}
		group, _ := strconv.Atoi(f[2])
		threads, _ := strconv.Atoi(f[17])
		use := all[group]
		_, private := pages(filepath.Base(dir))
		use.pages += private
		use.members += threads
		all[group] = use
	}
	return all
}

// peak is the most memory that the environment was seen to use, in bytes.
func (e *environment) peak() int64 {
	if !e.started() || e.over() {
		return e.most.Load()
	}
	if text, err := os.ReadFile("/proc/" + strconv.Itoa(e.process.cmd.Process.Pid) + "/status"); err == nil {
		_, rest, _ := strings.Cut(string(text), "VmHWM:")
		if f := strings.Fields(rest); len(f) > 0 {
			kilobytes, _ := strconv.ParseInt(f[0], 10, 64)
			e.seen(kilobytes << 10)
		}
	}
	return e.most.Load()
}
