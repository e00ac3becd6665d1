package local

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"airloom/backend/fault"
)

// trust remembers whose code a person has agreed to run, bound to the project's place and to the content: of the bundle that is to
// be deployed, and of what the state folder says is deployed. It is kept in a folder of the user's, not of the project's: a project that came
// from elsewhere can bring a state folder, and must not bring its own permission. It is safe for concurrent use.
type trust struct {
	dir     string // "" remembers within this process only
	project string // the state folder's absolute path

	mu   sync.Mutex
	here grant
}

// grant is what was agreed to last.
type grant struct {
	Project  string `json:"project"`
	Bundle   string `json:"bundle"`
	Deployed string `json:"deployed"`
}

// file is named after the place, whose name may hold anything.
func (t *trust) file() string {
	sum := sha256.Sum256([]byte(t.project))
	return filepath.Join(t.dir, "trust", hex.EncodeToString(sum[:16])+".json")
}

func (t *trust) get() grant {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dir == "" {
		return t.here
	}
	var g grant
	text, err := os.ReadFile(t.file())
	if err != nil || json.Unmarshal(text, &g) != nil || g.Project != t.project {
		return grant{} // what cannot be read is no permission
	}
	return g
}

func (t *trust) set(g grant) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	g.Project = t.project
	if t.here = g; t.dir == "" {
		return nil
	}
	text, err := json.Marshal(g)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(t.file()), 0o700)
	}
	if err == nil {
		err = writeFile(t.file(), text)
	}
	if err != nil {
		return fault.Wrap(err, fault.Denied, "remembering that this project's code may run here").At(t.file())
	}
	return nil
}

func (t *trust) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.here = (grant{}); t.dir != "" {
		_ = os.Remove(t.file()) // without a deployment it permits nothing
	}
}

// writeFile replaces a file that only the user may read, whole or not at all.
func writeFile(name string, text []byte) error {
	part := name + ".part"
	if err := os.WriteFile(part, text, 0o600); err != nil {
		return err
	}
	return os.Rename(part, name)
}

var ports = regexp.MustCompile(`(127\.0\.0\.1|localhost):\d+`)

// content is a digest of all that is deployed, and of the bundle that a reload takes up, but for the ports, which are given anew
// where others have taken them.
func (h *held) content() (string, error) {
	_, records, err := h.folder.Stack().Load()
	if err != nil {
		return "", err
	}
	b, _, err := h.deployed()
	if err != nil {
		return "", err
	}
	all := []any{b}
	for _, r := range records { // sorted by key in the store
		all = append(all, r.Instance)
	}
	text, err := json.Marshal(all)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "printing what is deployed")
	}
	sum := sha256.Sum256(ports.ReplaceAll(text, []byte("$1")))
	return hex.EncodeToString(sum[:]), nil
}

// mayRun tells whether the person has agreed to what is deployed.
func (s *Sandbox) mayRun(h *held) (bool, error) {
	if h.live.Load() {
		return true, nil
	}
	content, err := h.content()
	return err == nil && s.grants.get().Deployed == content, err
}

// remember binds the person's word to what is deployed now.
func (s *Sandbox) remember(h *held, bundle string) error {
	content, err := h.content()
	if err != nil {
		return err
	}
	return s.grants.set(grant{Bundle: bundle, Deployed: content})
}

func untrusted() error {
	return fault.New(fault.Denied, "running this project's code on this machine has not been agreed to").At("trust").
		Try("read the code, then agree (on the command line: --yes)")
}
