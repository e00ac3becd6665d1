package pack

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A ref names one thing outside that a zip depends on, and what about it matters.
type ref struct {
	Kind aspect
	Path string // absolute
}

// aspect is what about a path matters.
type aspect byte

const (
	content aspect = 'f' // the content of a file, or that there is none
	program aspect = 'x' // as content, and whether the file can be executed
	names   aspect = 'd' // the names in a folder, with their types and the targets of links
	modules aspect = 's' // as names, but only those that the resolution of JavaScript modules can notice
)

func (a aspect) ofFile() bool { return a == content || a == program }

// nothing is the state of what does not exist.
const nothing = "-"

// stamp is what the file system tells about a path without its content being read.
type stamp struct {
	Size  int64  `json:"s"`
	Mtime int64  `json:"m"` // nanoseconds
	Ctime int64  `json:"c"` // nanoseconds; 0 where the system has none. It cannot be set back, unlike Mtime
	Inode uint64 `json:"i"`
}

// changed is when the path changed, at the latest.
func (s stamp) changed() int64 {
	if s.Ctime != 0 {
		return s.Ctime
	}
	return s.Mtime
}

// seen is a state that was computed at a time when the path had that stamp.
type seen struct {
	stamp
	At    int64  `json:"a"` // nanoseconds, before the content was read
	State string `json:"h"`
}

// racy is the time within which a second change may leave the same stamp as the first: file systems round times, the
// coarsest (FAT) to two seconds. A stamp younger than this when its content was read proves nothing, so the content
// is read again. (Git calls this the racy index.)
const racy = int64(2500 * time.Millisecond)

// tick is the rounding of times on the systems and file systems in use for development: a few milliseconds.
const tick = int64(20 * time.Millisecond)

// states answers what a ref's state is now, at most once per call of Pack, from the index's memory where that is safe.
type states struct {
	now   func() time.Time
	mu    sync.Mutex
	known map[ref]found
	pack  *Packer
}

// found is a state and when the path had changed last, 0 if it does not exist.
type found struct {
	state   string
	changed int64
}

func newStates(p *Packer) *states {
	return &states{now: p.deps.Now, known: map[ref]found{}, pack: p}
}

// of gives the state of a ref: nothing, or the SHA-256 of what matters about it.
func (s *states) of(r ref) string { return s.find(r).state }

func (s *states) find(r ref) found {
	s.mu.Lock()
	f, ok := s.known[r]
	s.mu.Unlock()
	if !ok {
		f = s.look(r)
		s.mu.Lock()
		s.known[r] = f
		s.mu.Unlock()
	}
	return f
}

// look is find without the memory of this call.
func (s *states) look(r ref) found {
	info, err := os.Stat(r.Path)
	if err != nil || info.IsDir() == r.Kind.ofFile() {
		return found{state: nothing}
	}
	now := stampOf(info)
	if past, ok := s.pack.seenAt(r); ok && past.stamp == now && now.changed() < past.At-racy {
		return found{past.State, now.changed()}
	}
	at := s.now().UnixNano()
	state, err := read(r)
	if err != nil {
		return found{"unreadable", now.changed()}
	}
	s.pack.sawNow(r, seen{stamp: now, At: at, State: state})
	return found{state, now.changed()}
}

// saw notes the state of a file whose content was read for another reason: info is from before it was read.
func (s *states) saw(path string, info fs.FileInfo, at time.Time, state string) {
	r, now := ref{content, path}, stampOf(info)
	s.pack.sawNow(r, seen{stamp: now, At: at.UnixNano(), State: state})
	s.mu.Lock()
	s.known[r] = found{state, now.changed()}
	s.mu.Unlock()
}

func read(r ref) (string, error) {
	sum := sha256.New()
	if r.Kind.ofFile() {
		f, err := os.Open(r.Path)
		if err != nil {
			return "", err
		}
		defer f.Close()
		if _, err := io.Copy(sum, f); err != nil {
			return "", err
		}
		if info, err := f.Stat(); err == nil && r.Kind == program && executable(info) {
			sum.Write([]byte("x"))
		}
		return hex.EncodeToString(sum.Sum(nil)), nil
	}
	entries, err := os.ReadDir(r.Path) // sorted
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if r.Kind == modules && e.Type().IsRegular() && !matters(e.Name()) {
			continue // an editor's swap file changes no module
		}
		sum.Write([]byte(e.Type().String() + " " + e.Name() + "\x00"))
		if e.Type()&fs.ModeSymlink != 0 {
			target, _ := os.Readlink(filepath.Join(r.Path, e.Name()))
			sum.Write([]byte(target + "\x00"))
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// matters says whether a file of that name can take part in resolving a module.
func matters(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".node", ".css":
		return true
	}
	return false
}

// inputs are the refs of one unit with the states that its zip was made from.
type inputs struct {
	mu   sync.Mutex
	refs map[ref]string // "" until looked at
	no   bool           // not to be remembered
}

func newInputs() *inputs { return &inputs{refs: map[ref]string{}} }

// add notes that a ref matters; its state is looked at when the zip is finished.
func (in *inputs) add(refs ...ref) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, r := range refs {
		if _, ok := in.refs[r]; !ok {
			in.refs[r] = ""
		}
	}
}

// took notes a ref in exactly the state that went into the zip.
func (in *inputs) took(r ref, state string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if was := in.refs[r]; was != "" && was != state {
		in.no = true // it changed between two readings
	}
	in.refs[r] = state
}

// never says that the unit is to be built each time.
func (in *inputs) never() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.no = true
}

// settle looks at every ref that was only noted. It fails if one changed since began (or too shortly before to tell):
// then the zip is right, or will be in the next run, but nobody knows which state it is of. A state that this run found
// earlier, for another unit, is good enough: if it is out of date, so is the zip, and the next run sees that.
func (in *inputs) settle(s *states, began time.Time) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	settled := !in.no
	for r, state := range in.refs {
		if state != "" {
			continue
		}
		f := s.find(r)
		if f.changed > began.UnixNano()-tick {
			settled = false
		}
		in.refs[r] = f.state
	}
	return settled
}
