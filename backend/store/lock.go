package store

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// lock is the right to write a project. The system takes it back when the process ends, however it ends.
type lock struct{ file *os.File }

// holder is what the lock file tells others.
type holder struct {
	Process int    `json:"process"`
	Host    string `json:"host"`
	Program string `json:"program"`
}

func lockPath(project string) string {
	return filepath.Join(filepath.Dir(project), LocalDir, strings.TrimSuffix(filepath.Base(project), Ending)+".lock")
}

// take takes the lock; where somebody else has it the lock is nil and who says who. The error tells that the lock file
// cannot be made at all: then nothing there can be written.
func take(path string) (l *lock, who string, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, "", err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, "", err
	}
	ok, err := tryLock(f)
	if err != nil {
		_ = f.Close()
		return nil, "", err
	}
	if !ok {
		text := make([]byte, 4096)
		n, _ := f.ReadAt(text, 0) // who it is only helps; that it is somebody is certain
		_ = f.Close()
		return nil, described(text[:n]), nil
	}
	host, _ := os.Hostname() // likewise
	text, err := json.Marshal(holder{os.Getpid(), host, filepath.Base(os.Args[0])})
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = f.WriteAt(text, 0)
	}
	if err != nil {
		_ = f.Close()
		return nil, "", err
	}
	return &lock{f}, "", nil
}

func described(text []byte) string {
	var h holder
	if json.Unmarshal(text, &h) != nil || h.Process == 0 {
		return "another Airloom"
	}
	return fmt.Sprintf("%s (process %d on %s)", h.Program, h.Process, h.Host)
}

// free gives the lock back. The file stays: removing it would race with somebody who has just opened it.
func (l *lock) free() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
