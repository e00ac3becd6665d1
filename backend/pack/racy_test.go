package pack

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestRacyStamps: a file that changed twice within the resolution of the file system's clock has one stamp for two contents. A
// stamp is believed only if it was older than that when the content was read.
func TestRacyStamps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	put := func(text string) stamp {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return stampOf(info)
	}
	for read, believed := range map[time.Duration]bool{0: false, time.Second: false, 2 * time.Second: false, 3 * time.Second: true, time.Hour: true} {
		changed := put("one")
		clock := time.Unix(0, changed.changed()).Add(read)
		p := New(Deps{CacheDir: t.TempDir(), Now: func() time.Time { return clock }})
		p.index = readIndex(p.deps.CacheDir, clock)
		r := ref{content, path}
		before := newStates(p).of(r)
		// As on a file system with a coarse clock: the second content gets the stamp of the first.
		memory, _ := p.seenAt(r)
		memory.stamp = put("two")
		memory.At = memory.changed() + read.Nanoseconds()
		p.sawNow(r, memory)
		if got := newStates(p).of(r) == before; got != believed {
			t.Errorf("content read %s after its change: the stamp was believed: %v", read, got)
		}
	}
}
