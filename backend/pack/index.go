package pack

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// The index remembers, per unit, every ref that went into its zip and the state it had then. A unit is unchanged if all
// of them have the same state now, and its zip too. To find that out without reading everything, the index also
// remembers by which stamp it saw a state, and trusts it as far as stamps can be trusted (see racy).

const indexFile = "index.json"

// keep is how long an unused zip stays in the cache.
const keep = 30 * 24 * time.Hour

type index struct {
	Version string           `json:"version"`
	Refs    []knownRef       `json:"refs"`
	Units   map[string]*kept `json:"units"`

	seen   map[ref]seen
	dirty  bool
	pruned bool
}

// knownRef is a ref in a state: that of its last look, if it has one, and by its number that of a unit's zip.
type knownRef struct {
	Kind  string `json:"k"`
	Path  string `json:"p"`
	State string `json:"h"`
	Seen  *seen  `json:"l,omitempty"`
}

// kept is a packed unit.
type kept struct {
	Artifact Artifact `json:"artifact"` // without node, name, and path
	Refs     []int    `json:"refs"`
	Used     int64    `json:"used"` // day, in Unix days

	states map[ref]string
}

// version names everything that shapes a zip besides its inputs.
func version() string {
	v := "1 " + runtime.Version() // compress/flate
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/evanw/esbuild" {
				v += " esbuild " + m.Version
			}
		}
	}
	return v
}

func day(t time.Time) int64 { return t.Unix() / 86400 }

// readIndex gives an empty index where there is none, or none that this version wrote: it is only a cache.
func readIndex(dir string, now time.Time) *index {
	x := &index{}
	data, err := os.ReadFile(filepath.Join(dir, indexFile))
	if err != nil || json.Unmarshal(data, x) != nil || x.Version != version() || x.Units == nil {
		return &index{Version: version(), Units: map[string]*kept{}, seen: map[ref]seen{}}
	}
	x.seen = make(map[ref]seen, len(x.Refs))
	for _, k := range x.Refs {
		if k.Seen != nil && k.Kind != "" {
			x.seen[ref{aspect(k.Kind[0]), k.Path}] = *k.Seen
		}
	}
	for key, u := range x.Units {
		if u == nil {
			delete(x.Units, key)
			continue
		}
		u.states = make(map[ref]string, len(u.Refs))
		for _, n := range u.Refs {
			if n < 0 || n >= len(x.Refs) || x.Refs[n].Kind == "" {
				delete(x.Units, key)
				break
			}
			u.states[ref{aspect(x.Refs[n].Kind[0]), x.Refs[n].Path}] = x.Refs[n].State
		}
	}
	x.Refs = nil
	return x
}

// seenAt and sawNow are the memory of stamps.
func (p *Packer) seenAt(r ref) (seen, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.index.seen[r]
	return s, ok
}

func (p *Packer) sawNow(r ref, s seen) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.index.seen[r] = s
	p.index.dirty = true
}

// key is what a (normal) unit says itself; node and name do not matter to the zip.
func (u Unit) key() string {
	u.Node, u.Name = "", ""
	data, _ := json.Marshal(u) // strings only
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

// unchanged gives the artifact of every unit that needs no work, nil for the others.
func (r *run) unchanged(units []Unit) []*Artifact {
	p := r.packer
	found := make([]*kept, len(units))
	todo := map[ref]struct{}{}
	p.mu.Lock()
	for i, u := range units {
		if k := p.index.Units[u.key()]; k != nil {
			found[i] = k
			for ref := range k.states {
				todo[ref] = struct{}{}
			}
		}
	}
	p.mu.Unlock()
	r.states.all(todo)
	hits := make([]*Artifact, len(units))
	today := day(p.deps.Now())
	for i, k := range found {
		if k == nil || !r.states.match(k.states) {
			continue
		}
		a := k.Artifact
		a.Path = p.zipPath(a.Digest)
		a.Files, a.LeftOut, a.Warnings = slices.Clone(a.Files), slices.Clone(a.LeftOut), slices.Clone(a.Warnings)
		a.Inputs, a.Cached, a.Took = inputPaths(k.states, a.Path), true, 0
		hits[i] = &a
		if k.Used != today {
			p.mu.Lock()
			k.Used, p.index.dirty = today, true
			p.mu.Unlock()
		}
	}
	return hits
}

// all looks at many refs at once.
func (s *states) all(refs map[ref]struct{}) {
	work := make(chan ref, 64)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for r := range work {
				s.of(r)
			}
		})
	}
	for r := range refs {
		work <- r
	}
	close(work)
	wait.Wait()
}

func (s *states) match(want map[ref]string) bool {
	for r, state := range want {
		if s.of(r) != state {
			return false
		}
	}
	return true
}

func (p *Packer) zipPath(digest string) string {
	return filepath.Join(p.deps.CacheDir, digest+".zip")
}

// inputPaths lists the files among the refs but the zip itself, sorted.
func inputPaths(states map[ref]string, zip string) []string {
	var paths []string
	for r, state := range states {
		if r.Kind.ofFile() && state != nothing && r.Path != zip {
			paths = append(paths, r.Path)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// remember puts a finished unit into the index, if all that it was made of is known for certain.
func (j *job) remember(a *Artifact) {
	settled := j.inputs.settle(j.run.states, j.began)
	if !j.inputs.no {
		a.Inputs = inputPaths(j.inputs.refs, a.Path)
	}
	if !settled {
		return
	}
	states := j.inputs.refs
	states[ref{content, a.Path}] = a.Digest // a damaged or missing zip is a change
	k := &kept{Artifact: *a, states: states, Used: day(j.run.packer.deps.Now())}
	k.Artifact.Path, k.Artifact.Inputs = "", nil
	p := j.run.packer
	p.mu.Lock()
	defer p.mu.Unlock()
	p.index.Units[j.unit.key()] = k
	p.index.dirty = true
}

// saveIndex writes the index if it changed, forgetting what was not used for a while. Two processes that share a cache
// may lose each other's entries, never mix them.
func (p *Packer) saveIndex() error {
	p.save.Lock()
	defer p.save.Unlock()
	p.mu.Lock()
	if !p.index.dirty {
		p.mu.Unlock()
		return nil
	}
	p.index.dirty = false
	if !p.index.pruned {
		p.index.pruned = true
		p.prune()
	}
	data, err := p.index.encode()
	p.mu.Unlock()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(p.deps.CacheDir, "index-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(p.deps.CacheDir, indexFile))
	}
	return err
}

func (x *index) encode() ([]byte, error) {
	x.Refs = nil
	type inState struct {
		ref
		state string
	}
	numbers := map[inState]int{}
	for _, u := range x.Units {
		u.Refs = u.Refs[:0]
		for r, state := range u.states {
			n, ok := numbers[inState{r, state}]
			if !ok {
				n = len(x.Refs)
				numbers[inState{r, state}] = n
				k := knownRef{Kind: string(rune(r.Kind)), Path: r.Path, State: state}
				if s, ok := x.seen[r]; ok {
					k.Seen = &s
				}
				x.Refs = append(x.Refs, k)
			}
			u.Refs = append(u.Refs, n)
		}
	}
	data, err := json.Marshal(x)
	x.Refs = nil
	return data, err
}

// ours are the names that this package makes in the cache folder.
var ours = regexp.MustCompile(`^([0-9a-f]{64}\.zip|(work|zip|index|pip|bundle)-[0-9a-f]+)$`)

// prune forgets old units, and removes zips that no unit has and left-overs of killed runs. Called with p.mu held.
func (p *Packer) prune() {
	now := p.deps.Now()
	used := map[string]bool{}
	for key, u := range p.index.Units {
		if u.Used < day(now.Add(-keep)) {
			delete(p.index.Units, key)
			continue
		}
		used[u.Artifact.Digest+".zip"] = true
	}
	entries, err := os.ReadDir(p.deps.CacheDir)
	if err != nil {
		return
	}
	for _, e := range entries {
		old := false
		if info, err := e.Info(); err == nil {
			old = now.Sub(info.ModTime()) > keep
		}
		if old && ours.MatchString(e.Name()) && !used[e.Name()] {
			os.RemoveAll(filepath.Join(p.deps.CacheDir, e.Name()))
		}
	}
}
