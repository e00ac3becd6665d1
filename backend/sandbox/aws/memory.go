package aws

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"airloom/backend/fault"
)

// memory is what must be known after a kill: where the sandbox is, and what was begun. It lies beside the project, on this
// machine only, and holds no secret.
type memory struct {
	path string
	mu   sync.Mutex
	data remembered
}

type remembered struct {
	Place     place      `json:"place,omitzero"`
	StackID   string     `json:"stackId,omitempty"` // the stack is named by its ARN from its first sight on
	Bundle    string     `json:"bundle,omitempty"`  // digest of what was last deployed with success
	Operation *operation `json:"operation,omitempty"`
}

// operation is something begun whose verdict is not known yet.
type operation struct {
	Kind      string    `json:"kind"` // create, update, delete
	Token     string    `json:"token"`
	StackID   string    `json:"stackId"`
	ChangeSet string    `json:"changeSet,omitempty"`
	Bundle    string    `json:"bundle,omitempty"`
	Started   time.Time `json:"started"`
}

func (m *memory) load() error {
	text, err := os.ReadFile(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(text, &m.data)
	}
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "reading what this sandbox remembers").At(m.path).Try("remove the file: then the stack is found again by its name")
	}
	return nil
}

func (m *memory) now() remembered {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.data
}

// note changes what is remembered; it is on the disk when note returns.
func (m *memory) note(change func(*remembered)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := m.data
	change(&next)
	text, err := json.MarshalIndent(next, "", "  ")
	if err == nil {
		err = write(m.path, text)
	}
	if err != nil {
		return fault.Wrap(err, fault.Denied, "noting what is being done").At(m.path).Try("a deployment must be noted beside the project before it begins: make the folder writable")
	}
	m.data = next
	return nil
}

func (m *memory) forget() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.data = remembered{}
	if err := os.Remove(m.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.Denied, "forgetting the sandbox").At(m.path)
	}
	return nil
}

func write(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
