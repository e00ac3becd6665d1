package local

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"airloom/backend/fault"
	"airloom/backend/generate"
)

// codeFolder is where functions' zips are unpacked. Code that lies in a project's folder is not trusted, for the project may
// have brought it: so it lies with the user's other things, by the place of the project.
func (s *Sandbox) codeFolder() string {
	if s.Cache == "" {
		return filepath.Join(s.Folder, "functions")
	}
	sum := sha256.Sum256([]byte(s.Folder))
	return filepath.Join(s.Cache, "functions", hex.EncodeToString(sum[:8]))
}

// clearCode removes unpacked code that nothing deployed needs, before anything runs; all of it where anybody could have put it
// there. It is made anew from zips whose content is what their name says.
func (s *Sandbox) clearCode(h *held) error {
	dir := s.codeFolder()
	if s.Cache == "" {
		if err := removeAll(dir); err != nil {
			return fault.Wrap(err, fault.Denied, "clearing the folder of unpacked code").At(dir)
		}
		return nil
	}
	b, _, err := h.deployed()
	if err != nil {
		return err
	}
	list, err := os.ReadDir(filepath.Join(dir, "code"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.Denied, "looking through unpacked code").At(dir)
	}
	for _, d := range list {
		if validKey(d.Name()+".zip") && !used(b.Artifacts, d.Name()+".zip") {
			_ = removeAll(filepath.Join(dir, "code", d.Name())) // what stays only takes room
		}
	}
	return nil
}

func used(list []generate.Artifact, key string) bool {
	for _, a := range list {
		if a.Key == key {
			return true
		}
	}
	return false
}

// removeAll removes a folder, read-only folders in it too: unpacked code is kept from being changed.
func removeAll(dir string) error {
	err := os.RemoveAll(dir)
	if err == nil {
		return nil
	}
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(name, 0o700)
		}
		return err
	})
	return os.RemoveAll(dir)
}
