package functions

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"airloom/backend/kind"
)

// carriers counts the processes that carry a host's token in their environment, in whatever group they are.
func carriers(token string) int {
	n := 0
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, f := range files {
		if text, err := os.ReadFile(f); err == nil && strings.Contains(string(text), guardVariable+"="+token) {
			n++
		}
	}
	return n
}

// L7: whatever a function starts is gone a second after its time limit, those that left its process group included.
func TestEverythingEndsWithItsGroup(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.put("provided.al2023", "bootstrap", map[string]string{"bootstrap": `#!/bin/sh
curl -s "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next"
trap '' TERM INT HUP
bomb() { [ "$1" -gt 5 ] || { bomb $(($1 + 1)) & bomb $(($1 + 1)) & setsid sleep 300 & }; sleep 300; }
bomb 0
`}, func(s *kind.FunctionSpec) { s.Timeout = 2 * time.Second })
	result := make(chan kind.InvokeResult, 1)
	go func() {
		r, _ := b.Invoke(t.Context(), f, Request{})
		result <- r
	}()
	b.until(func() bool { return carriers(b.guard.token) > 100 })
	if r := <-result; !strings.Contains(string(r.Payload), "Sandbox.Timedout") || r.Duration > 3*time.Second {
		t.Errorf("answered %s after %s", r.Payload, r.Duration)
	}
	if n := carriers(b.guard.token); n != 0 {
		t.Errorf("%d processes stay", n)
	}
}

// L7: more processes than Lambda allows.
func TestTooManyProcesses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.put("provided.al2023", "bootstrap", map[string]string{"bootstrap": `#!/bin/sh
curl -s "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next"
n=0
while [ "$n" -lt 3000 ]; do sleep 300 & n=$((n + 1)); done
wait
`}, func(s *kind.FunctionSpec) { s.Timeout = 60 * time.Second; s.MemoryMB = 4096 })
	b.fails(f, `{}`, "Lambda allows 1024", `"errorType":"Runtime.ExitError"`, "signal: killed")
	if n := carriers(b.guard.token); n != 0 {
		t.Errorf("%d processes stay", n)
	}
}

// L7: 10 GB of memory.
func TestMemory(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	small := func(s *kind.FunctionSpec) { s.MemoryMB = 128 }
	node := b.node(`export const handler = async (how) => { const all = [];
	for (let i = 0; how === "buffers" && i < 160; i++) all.push(Buffer.alloc(64 << 20, 1));
	for (let i = 0; how === "heap"; i++) all.push({ i });
	return all.length }`, small)
	b.fails(node, `"buffers"`, `"errorType":"Runtime.OutOfMemory"`, "[airloom] ended at ", "the memory setting is 128 MB", "signal: killed", "Max Memory Used: 128 MB", "Error Type: Runtime.OutOfMemory")
	b.want(node, `""`, `0`)
	b.fails(node, `"heap"`, "Runtime exited with error: signal: ") // its own limit or the watch, whichever is first
	b.want(node, `""`, `0`)
	python := b.python(`
import os
def handler(event, context):
    if event == "children" and os.fork() == 0:
        event = "touched"
    if event == "children":
        os.wait()
    if event == "touched":
        return len([b"x" * (64 << 20) for _ in range(160)])
    if event == "reserved":
        return len(bytearray(10 << 30))
    return 0
`)
	b.fails(python, `"touched"`, `"errorType":"Runtime.OutOfMemory"`)
	b.fails(python, `"children"`, `"errorType":"Runtime.OutOfMemory"`)
	b.fails(python, `"reserved"`, `"errorType": "MemoryError"`)
	b.want(python, `""`, `0`)
}

// L7: 1 GB of output fills neither disk nor memory, and does not stop the function.
func TestOutput(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(`import { writeSync } from "node:fs";
const line = Buffer.from("x".repeat(1 << 20) + "\n");
export const handler = async (n) => { for (let i = 0; i < n; i++) for (let at = 0; at < line.length; ) at += writeSync(1, line, at); console.log("last"); return n }`, func(s *kind.FunctionSpec) { s.Timeout = time.Minute })
	r := b.want(f, `1024`, `1024`)
	if !strings.Contains(r.LogTail, "bytes of output were dropped: one event may print 10485760") || len(r.LogTail) > tailKept {
		t.Errorf("log of %d bytes\n%s", len(r.LogTail), r.LogTail[max(0, len(r.LogTail)-500):])
	}
	b.mu.Lock()
	kept := len(b.text())
	for _, l := range b.lines {
		if len(l.Text) > longestLine+pipeHolds {
			t.Errorf("a line of %d bytes", len(l.Text))
		}
	}
	b.mu.Unlock()
	if kept < outputKept/2 || kept > outputKept+4096 {
		t.Errorf("%d bytes were kept", kept)
	}
	if r = b.want(f, `1`, `1`); !strings.Contains(r.LogTail, "last") || strings.Contains(r.LogTail, "dropped") {
		t.Errorf("the next event pays for it:\n%s", r.LogTail[max(0, len(r.LogTail)-500):])
	}
}

// What the system enforces.
func TestSystemLimits(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.python(`
import resource, os
def handler(event, context):
    try:
        open(os.path.join(os.environ["LAMBDA_TASK_ROOT"], "new"), "w")
        wrote = os.geteuid() != 0
    except OSError:
        wrote = False
    return [resource.getrlimit(resource.RLIMIT_NOFILE)[1], resource.getrlimit(resource.RLIMIT_CORE)[1], resource.getrlimit(resource.RLIMIT_FSIZE)[1] >> 20, wrote, os.getpgid(0) == os.getpid(), os.getcwd() == os.environ["LAMBDA_TASK_ROOT"]]
`)
	b.want(f, `{}`, `[1024, 0, 512, false, true, true]`)
}
