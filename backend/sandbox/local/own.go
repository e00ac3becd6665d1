package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"airloom/backend/fault"
)

// checkFolder refuses a state folder that Airloom has not made: a project that came from elsewhere can bring links in its place,
// so that what is written or removed here would be somebody else's.
func (s *Sandbox) checkFolder() error {
	dirs := []string{s.Folder}
	if parent := filepath.Dir(s.Folder); filepath.Base(parent) == ".airloom" {
		dirs = []string{parent, s.Folder}
	}
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fault.Wrap(err, fault.Denied, "looking at the state folder").At(dir)
		}
		if !info.IsDir() {
			return foreign(dir)
		}
	}
	return filepath.WalkDir(s.Folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fault.Wrap(err, fault.Denied, "looking at the state folder").At(name)
		case name == filepath.Join(s.Folder, "functions"): // nothing in it is used: it is removed, links as links
			return fs.SkipDir
		case !d.IsDir() && !d.Type().IsRegular():
			return foreign(name)
		}
		return nil
	})
}

func foreign(name string) error {
	return fault.New(fault.Denied, "%s is a link or something else that Airloom has not made", name).At(name).Try("look at where it leads, and remove it")
}
