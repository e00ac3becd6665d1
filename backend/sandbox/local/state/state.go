// Package state is what the embedded sandbox remembers: files of a project's state folder, each change durable when its
// call returns. One process holds a folder at a time; the lock is the operating system's and ends with the process. It
// imports the contracts only (kind, fault) and the engine whose store it is.
package state

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"airloom/backend/fault"
)

// ErrHeld says that another process holds the folder.
var ErrHeld = errors.New("another process holds the state folder")

// mainFile holds the stack and the sandbox's own settings; every namespace of a simulation has a file of its own, so that
// one service never waits for another's writes.
const mainFile = "state.db"

// Folder is an open state folder. It is safe for concurrent use.
type Folder struct {
	dir  string
	main *bbolt.DB

	mu     sync.Mutex
	spaces map[string]*bbolt.DB
}

// Open makes the folder where there is none, and holds it until Close. ErrHeld says that another process does.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Denied, "making the state folder of the embedded sandbox").At(dir).Try("make the project's folder writable")
	}
	for {
		db, err := open(filepath.Join(dir, mainFile))
		if err != nil {
			return nil, err
		}
		// Whoever destroyed the sandbox a moment ago removed the file that was locked here.
		if _, err := os.Stat(db.Path()); err == nil {
			return &Folder{dir: dir, main: db, spaces: map[string]*bbolt.DB{}}, nil
		}
		_ = db.Close()
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fault.Wrap(err, fault.Denied, "making the state folder of the embedded sandbox").At(dir)
		}
	}
}

// open opens one file. The memory map is large from the first on, so that readers never make a writer wait for a new one; but
// Windows makes a file as large as its map.
func open(path string) (*bbolt.DB, error) {
	room := 1 << 28
	if runtime.GOOS == "windows" {
		room = 1 << 20
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Nanosecond, InitialMmapSize: room, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrHeld
	case errors.Is(err, os.ErrPermission):
		return nil, fault.Wrap(err, fault.Denied, "opening the state of the embedded sandbox").At(path).Try("make the project's folder writable")
	case err != nil:
		return nil, fault.Wrap(err, fault.Invalid, "the state of the embedded sandbox cannot be read").At(path).Try("`airloom destroy` removes it")
	}
	db.AllocSize = 1 << 20 // most files stay small
	return db, nil
}

// Dir is where the folder lies.
func (f *Folder) Dir() string { return f.dir }

// Close gives the folder free.
func (f *Folder) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for _, db := range f.spaces {
		errs = append(errs, db.Close())
	}
	return errors.Join(append(errs, f.main.Close())...)
}

// Get reads a setting of the sandbox itself into v and tells whether there is one.
func (f *Folder) Get(section, key string, v any) (bool, error) {
	found := false
	err := f.main.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(section))
		if b == nil {
			return nil
		}
		text := b.Get([]byte(key))
		if found = text != nil; !found {
			return nil
		}
		return json.Unmarshal(text, v)
	})
	return found, explain(err)
}

// Set keeps a setting; nil removes it.
func (f *Folder) Set(section, key string, v any) error {
	return explain(f.main.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte(section))
		if err != nil {
			return err
		}
		if v == nil {
			return b.Delete([]byte(key))
		}
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		return b.Put([]byte(key), text)
	}))
}

// Each visits the settings of a section in the order of their keys.
func (f *Folder) Each(section string, visit func(key string, text []byte) error) error {
	return explain(f.main.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(section))
		if b == nil {
			return nil
		}
		return b.ForEach(func(k, v []byte) error { return visit(string(k), v) })
	}))
}

func explain(err error) error {
	if err == nil || fault.CodeOf(err) != fault.Internal {
		return err
	}
	return fault.Wrap(err, fault.Unavailable, "the state of the embedded sandbox cannot be written or read").Try("make room on the disk; `airloom destroy` starts afresh")
}
