//go:build !windows

package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"airloom/backend/design"
)

// The test program is also the scripted user: with this variable set it edits the project named there until it is killed.
const userVariable = "AIRLOOM_STORE_USER"

func TestMain(m *testing.M) {
	if path := os.Getenv(userVariable); path != "" {
		os.Exit(user(path))
	}
	os.Exit(m.Run())
}

// user edits, undoes and does again, and prints the revision and the nodes after each acknowledged change.
func user(path string) int {
	s := New(Deps{Now: time.Now, NewID: func() string { return "fixed" }, Snapshots: filepath.Join(filepath.Dir(path), "copies")})
	p, err := s.Open(context.Background(), path)
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	if p.ReadOnly() != "" {
		fmt.Println("read-only", p.ReadOnly())
		return 0
	}
	fmt.Println("ready", p.Design().Revision, len(p.Design().Nodes))
	random := rand.New(rand.NewPCG(uint64(os.Getpid()), 1))
	for i := 0; ; i++ {
		var c design.Commit
		switch undo, redo := p.History(); {
		case undo != "" && random.IntN(4) == 0:
			c, err = p.Undo(context.Background())
		case redo != "" && random.IntN(3) == 0:
			c, err = p.Redo(context.Background())
		default:
			c, err = p.Commit(context.Background(), p.Design().Revision, addition(design.ID(fmt.Sprintf("n%d", p.Design().Revision))), "add")
		}
		if err == nil && i%7 == 0 {
			err = p.writeText(context.Background())
		}
		if err != nil {
			fmt.Println("error", err)
			return 1
		}
		fmt.Println("saved", c.Revision, len(p.Design().Nodes))
	}
}

func start(t *testing.T, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), userVariable+"="+path)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// TestNothingAcknowledgedIsLostWhenTheProcessIsKilled is S1: kill -9 at a random moment while somebody edits.
func TestNothingAcknowledgedIsLostWhenTheProcessIsKilled(t *testing.T) {
	w := newWorld(t)
	closed(t, w.create(t, design.New()))
	path := filepath.Join(w.dir, "shop", "shop.airloom")
	rounds := 100
	switch {
	case os.Getenv("AIRLOOM_SOAK") != "":
		rounds = 1000
	case testing.Short():
		rounds = 10
	}
	random := rand.New(rand.NewPCG(1, 100))
	for round := range rounds {
		cmd, lines := start(t, path)
		acknowledged := ""
		for range random.IntN(40) + 1 {
			if !lines.Scan() {
				t.Fatalf("round %d: the user stopped", round)
			}
			if strings.HasPrefix(lines.Text(), "error") {
				t.Fatalf("round %d: %s", round, lines.Text())
			}
			acknowledged = lines.Text()
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it said before it died was acknowledged too
			acknowledged = lines.Text()
		}
		_ = cmd.Wait() // killed
		p, err := w.Open(t.Context(), path)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		var word string
		var revision int64
		var nodes int
		if _, err := fmt.Sscanf(acknowledged, "%s %d %d", &word, &revision, &nodes); err != nil {
			t.Fatalf("round %d: %q: %v", round, acknowledged, err)
		}
		got := p.Design()
		if p.Notice() != "" || got.Revision < revision || got.Revision > revision+1 || got.Revision == revision && len(got.Nodes) != nodes {
			t.Fatalf("round %d: acknowledged %q, found revision %d with %d nodes, notice %q", round, acknowledged, got.Revision, len(got.Nodes), p.Notice())
		}
		if diff, err := p.Outside(t.Context()); err != nil || !diff.IsZero() {
			t.Fatalf("round %d: outside %+v, %v", round, diff, err)
		}
		closed(t, p)
	}
}

// TestOneWriterAtATime is S9: another process is the writer until it ends, however it ends.
func TestOneWriterAtATime(t *testing.T) {
	w := newWorld(t)
	closed(t, w.create(t, design.New()))
	path := filepath.Join(w.dir, "shop", "shop.airloom")
	cmd, lines := start(t, path)
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	for range 5 {
		lines.Scan()
	}
	p := w.open(t)
	if want := fmt.Sprintf("process %d", cmd.Process.Pid); !strings.Contains(p.ReadOnly(), want) {
		t.Fatalf("read-only %q, want %s", p.ReadOnly(), want)
	}
	var word string
	var revision, nodes int64
	if _, err := fmt.Sscanf(lines.Text(), "%s %d %d", &word, &revision, &nodes); err != nil || p.Design().Revision < revision {
		t.Fatalf("the writer said %q (%v), the reader sees revision %d", lines.Text(), err, p.Design().Revision)
	}
	closed(t, p)
	if _, second := start(t, path); !second.Scan() || !strings.HasPrefix(second.Text(), "read-only") {
		t.Fatalf("a third instance says %q", second.Text())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	p = w.open(t)
	defer closed(t, p)
	if p.ReadOnly() != "" {
		t.Fatalf("the lock outlives its holder: %s", p.ReadOnly())
	}
}
