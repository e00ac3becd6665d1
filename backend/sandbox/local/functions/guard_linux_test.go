package functions

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"airloom/backend/kind"
)

// L8: after kill -9 of the process that hosts functions nothing of them is left within two seconds.
func TestKilledHost(t *testing.T) {
	rounds := 5
	if os.Getenv("AIRLOOM_SOAK") == "1" {
		rounds = 50
	}
	for i := range rounds {
		cmd := exec.Command(os.Args[0], "-test.run=^TestHostedForKill$")
		cmd.Env = append(os.Environ(), "AIRLOOM_TEST_HOST="+t.TempDir())
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		token := ""
		for lines := bufio.NewScanner(out); token == "" && lines.Scan(); {
			token, _ = strings.CutPrefix(lines.Text(), "hosting ")
			if !strings.HasPrefix(lines.Text(), "hosting ") {
				token = ""
			}
		}
		if n := carriers(token); token == "" || n < 7 {
			t.Errorf("round %d: token %q, only %d processes ran", i, token, n)
		}
		must(t, cmd.Process.Kill())
		killed := time.Now()
		_ = cmd.Wait()
		left := carriers(token)
		for left > 0 && time.Since(killed) < 2*time.Second {
			time.Sleep(20 * time.Millisecond)
			left = carriers(token)
		}
		t.Logf("round %d: gone after %s", i, time.Since(killed).Round(time.Millisecond))
		if left > 0 {
			t.Fatalf("round %d: %d processes stay", i, left)
		}
	}
}

// TestHostedForKill is the process that is killed: its functions are idle, spin, wait, and have a child in a session of its own.
func TestHostedForKill(t *testing.T) {
	if os.Getenv("AIRLOOM_TEST_HOST") == "" {
		t.Skip("runs within TestKilledHost")
	}
	b := newBench(t, func(d *Deps) { d.Dir = os.Getenv("AIRLOOM_TEST_HOST") })
	long := func(name string) func(*kind.FunctionSpec) {
		return func(s *kind.FunctionSpec) { s.Timeout, s.Name, s.ARN = time.Minute, name, arn(name) }
	}
	idle := b.node(`export const handler = async () => 1`, long("idle"))
	b.want(idle, ``, `1`)
	spin := b.node(`import { spawn } from "node:child_process";
export const handler = async () => { spawn("sleep", ["300"], { detached: true }); spawn("sh", ["-c", "setsid sleep 300 & sleep 300"]); await new Promise((r) => setTimeout(r, 200)); console.log("busy"); for (;;); }`, long("spin"))
	wait := b.node(`export const handler = async () => { console.log("busy"); await new Promise((r) => setTimeout(r, 60000)) }`, long("wait"))
	for _, f := range []string{spin, wait} {
		go func() { _, _ = b.Invoke(t.Context(), f, Request{}) }()
	}
	b.until(func() bool { b.mu.Lock(); defer b.mu.Unlock(); return strings.Count(b.text(), "busy\n") == 2 })
	fmt.Println("\nhosting " + b.guard.token)
	time.Sleep(time.Minute)
}
