package app

import (
	"errors"
	"os"
	"path/filepath"

	"airloom/backend/fault"
)

// Write writes the export to a file that is there whole or not at all.
func (e Exported) Write(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err == nil {
		_, err = f.Write(e.Bytes())
		err = errors.Join(err, f.Chmod(0o644), f.Close())
		if err == nil {
			err = os.Rename(f.Name(), path)
		}
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "writing the export").At(path).Try("choose another folder")
	}
	return nil
}
