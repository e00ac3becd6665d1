package functions

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"airloom/assets/runtimes"
	"airloom/backend/fault"
)

// Lambda's limits, and how far a file may be packed: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	mostUnzipped = 250 << 20
	mostEntries  = 100_000
	mostRatio    = 1_000 // deflate reaches 1,032
)

// unpack gives the folder with an artifact's files; it is made once per key, whole or not at all. The caller holds placing.
func (h *Host) unpack(key string) (string, error) {
	if err := h.layOut(); err != nil {
		return "", err
	}
	name := strings.TrimSuffix(key, ".zip")
	if !filepath.IsLocal(name) || strings.ContainsAny(name, `/\:`) || name == "." || name == "node_modules" {
		return "", fault.New(fault.Invalid, "%q is no artifact key", key)
	}
	dir := h.path("code", name)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	file, err := h.deps.Artifact(key)
	if err != nil {
		return "", err
	}
	part, err := os.MkdirTemp(h.path("code"), ".part-")
	if err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "preparing a folder for code")
	}
	defer discard(part)
	if err := extract(file, part); err != nil {
		return "", err
	}
	if err := os.Rename(part, dir); err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "unpacking %s", key)
	}
	return dir, nil
}

// tidy removes a code folder that nothing runs any more.
func (h *Host) tidy(code string) {
	h.placing.Lock()
	defer h.placing.Unlock()
	h.mu.Lock()
	used := h.closed // then it stays for the next start
	for _, f := range h.functions {
		used = used || f.code == code
	}
	for e := range h.live {
		used = used || e.code == code
	}
	h.mu.Unlock()
	if !used {
		discard(code)
		_ = os.RemoveAll(filepath.Join(h.path("pycache"), code)) // Python keeps absolute paths below its prefix
	}
}

// extract unpacks a zip of regular files into an empty folder, which nothing of it can leave, and makes all of it read-only.
func extract(file, dir string) error {
	z, err := zip.OpenReader(file)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "opening the zip of a function")
	}
	defer z.Close()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "preparing a folder for code")
	}
	defer root.Close()
	if len(z.File) > mostEntries {
		return fault.New(fault.Limit, "the zip has %d files, and %d are allowed", len(z.File), mostEntries)
	}
	room := int64(mostUnzipped)
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue // folders come with their files
		}
		if !f.Mode().IsRegular() || !fs.ValidPath(f.Name) || strings.Contains(f.Name, `\`) {
			return fault.New(fault.Invalid, "the zip has an entry %q that is no ordinary file", f.Name)
		}
		if f.CompressedSize64 > 0 && f.UncompressedSize64/f.CompressedSize64 > mostRatio {
			return fault.New(fault.Limit, "the zip's entry %q unpacks to more than %d times its size", f.Name, mostRatio)
		}
		n, err := extractOne(root, f, room)
		if err != nil {
			return err
		}
		room -= n
	}
	return seal(dir, 0o555)
}

func extractOne(root *os.Root, f *zip.File, room int64) (int64, error) {
	if err := root.MkdirAll(path.Dir(f.Name), 0o755); err != nil {
		return 0, fault.Wrap(err, fault.Invalid, "unpacking %q", f.Name)
	}
	mode := fs.FileMode(0o444)
	if f.Mode()&0o111 != 0 {
		mode = 0o555
		// A process that is forked now would hold the file open for writing until its own exec, and a file that somebody
		// writes cannot be executed: https://go.dev/issue/22315
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
	}
	r, err := f.Open()
	if err != nil {
		return 0, fault.Wrap(err, fault.Invalid, "unpacking %q", f.Name)
	}
	defer r.Close()
	w, err := root.OpenFile(f.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return 0, fault.Wrap(err, fault.Invalid, "unpacking %q", f.Name)
	}
	n, err := io.Copy(w, io.LimitReader(r, room+1))
	if err = errors.Join(err, w.Close()); err != nil {
		return n, fault.Wrap(err, fault.Invalid, "unpacking %q", f.Name)
	}
	if n > room {
		return n, fault.New(fault.Limit, "the code unpacks to more than %d MB", mostUnzipped>>20)
	}
	return n, nil
}

// seal sets the mode of every folder below dir, and of dir.
func seal(dir string, mode fs.FileMode) error {
	var folders []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			if mode&0o200 != 0 {
				return os.Chmod(p, mode) // before it is read
			}
			folders = append(folders, p)
		}
		return err
	})
	for _, p := range folders {
		err = errors.Join(err, os.Chmod(p, mode))
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "setting the permissions of unpacked code")
	}
	return nil
}

// discard removes a sealed folder.
func discard(dir string) {
	if seal(dir, 0o755) == nil {
		_ = os.RemoveAll(dir)
	}
}

// bootstraps gives the folder with the bootstraps.
func (h *Host) bootstraps() string { return h.path("runtimes") }

// layOut writes the bootstraps and the SDK, once for a host. The SDK lies in the node_modules folder above all code folders: where Node.js
// looks last, for import and require alike, so that a package of the function's own comes first.
func (h *Host) layOut() error {
	if h.laidOut {
		return nil
	}
	if err := os.MkdirAll(h.path("code"), 0o755); err != nil {
		return fault.Wrap(err, fault.Unavailable, "preparing a folder for code")
	}
	if err := copyAll(h.bootstraps(), runtimes.FS); err != nil {
		return err
	}
	if h.deps.SDK != nil {
		if err := copyAll(h.path("code", "node_modules"), h.deps.SDK); err != nil {
			return err
		}
	}
	h.laidOut = true
	return nil
}

// copyAll writes the files of a file system that are not there in the same size and content.
func copyAll(dir string, from fs.FS) error {
	err := fs.WalkDir(from, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(from, p)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(p))
		if old, err := os.ReadFile(to); err == nil && string(old) == string(text) {
			return nil
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "writing the runtimes")
	}
	return nil
}
