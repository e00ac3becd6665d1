package pack_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"airloom/backend/pack"
)

// TestKilledWhilePacking: a process that is killed at any point of its work leaves no half zip under a digest, and the next
// packs everything right, from what is there.
func TestKilledWhilePacking(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	units := killProject(t, root)
	want, err := pack.New(pack.Deps{CacheDir: t.TempDir()}).Pack(t.Context(), units)
	if err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	zip := regexp.MustCompile(`^[0-9a-f]{64}\.zip$`)
	for after := range 16 {
		child := exec.Command(os.Args[0], "-test.run=^TestKilledChild$", "-test.v")
		child.Env = append(os.Environ(), "AIRLOOM_PACK_ROOT="+root, "AIRLOOM_PACK_CACHE="+cache)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "packed") || strings.HasPrefix(lines.Text(), "begin") {
				n++
			}
			if n > after {
				break
			}
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // killed
		entries, err := os.ReadDir(cache)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if path := filepath.Join(cache, e.Name()); zip.MatchString(e.Name()) && digest(t, path)+".zip" != e.Name() {
				t.Errorf("killed after %d functions: %s is not whole", after, e.Name())
			}
		}
		if after%4 != 3 {
			continue
		}
		got, err := pack.New(pack.Deps{CacheDir: cache}).Pack(t.Context(), units)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range got {
			if a.Digest != want[i].Digest || digest(t, a.Path) != a.Digest {
				t.Errorf("killed after %d functions: %s differs", after, a.Name)
			}
		}
		if err := os.RemoveAll(cache); err != nil {
			t.Fatal(err)
		}
	}
}

// TestKilledChild is the process that TestKilledWhilePacking kills.
func TestKilledChild(t *testing.T) {
	root := os.Getenv("AIRLOOM_PACK_ROOT")
	if root == "" {
		t.Skip("the child of another test")
	}
	fmt.Println("begin")
	_, err := pack.New(pack.Deps{CacheDir: os.Getenv("AIRLOOM_PACK_CACHE")}).Pack(t.Context(), killUnits(root), func(p pack.Progress) { fmt.Println("packed", p.Name) })
	if err != nil {
		t.Error(err)
	}
}

// killProject writes functions large enough for a kill to fall into the writing of a zip.
func killProject(t *testing.T, root string) []pack.Unit {
	t.Helper()
	random := rand.NewChaCha8([32]byte{1})
	units := killUnits(root)
	for _, u := range units {
		data := make([]byte, 300<<10)
		if _, err := random.Read(data); err != nil {
			t.Fatal(err)
		}
		write(t, u.Dir, map[string]string{"app.py": "", "data.bin": string(data)})
	}
	return units
}

func killUnits(root string) []pack.Unit {
	units := make([]pack.Unit, 20)
	for i := range units {
		name := fmt.Sprintf("f%02d", i)
		units[i] = pack.Unit{Node: name, Name: name, Root: root, Dir: filepath.Join(root, name), Runtime: "python3.13", Handler: "app.handler"}
	}
	return units
}
