package pack

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"airloom/backend/fault"
)

// tree adds the files of a folder under a prefix ("" or "lib"), leaving out what does not belong into a zip and listing
// it. It never reads outside the folder: links that lead out are left out. skip, if given, passes over names (relative
// to the folder) without listing them. With watch, everything it reads becomes an input of the unit.
func (j *job) tree(dir, prefix string, watch bool, skip func(rel string) bool) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "opening %s", dir).At(j.unit.Node)
	}
	j.closers = append(j.closers, func() { root.Close() })
	w := &walk{job: j, root: root, dir: dir, prefix: prefix, watch: watch, skip: skip}
	info, err := root.Stat(".")
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "reading %s", dir).At(j.unit.Node)
	}
	return w.folder(".", []fs.FileInfo{info})
}

type walk struct {
	job         *job
	root        *os.Root
	dir, prefix string
	watch       bool
	skip        func(string) bool
}

func (w *walk) watching(k aspect, rel string) {
	if w.watch {
		w.job.inputs.add(ref{k, filepath.Join(w.dir, filepath.FromSlash(rel))})
	}
}

// leave lists a path as left out; that of a folder ends with a slash.
func (w *walk) leave(rel string) {
	w.job.leftOut = append(w.job.leftOut, strings.TrimPrefix(w.prefix+"/"+rel, "/"))
}

// folder adds a folder; within are the folders that it lies in, itself last: a link back to one of them ends.
func (w *walk) folder(rel string, within []fs.FileInfo) error {
	w.watching(names, rel)
	entries, err := fs.ReadDir(w.root.FS(), rel)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "reading %s", filepath.Join(w.dir, rel)).At(w.job.unit.Node)
	}
	for _, e := range entries {
		name := path.Join(rel, e.Name())
		if w.skip != nil && w.skip(name) {
			continue
		}
		info, err := w.root.Stat(filepath.FromSlash(name)) // follows links, within the folder only
		if err != nil && e.Type()&fs.ModeSymlink != 0 {
			w.leave(name)
			w.job.warn("the link %s leads out of the folder, or nowhere: left out", path.Join(w.prefix, name))
			continue
		}
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "reading %s", filepath.Join(w.dir, name)).At(w.job.unit.Node)
		}
		switch {
		case info.IsDir() && unwantedFolder(name):
			w.leave(name + "/")
		case info.IsDir() && slices.ContainsFunc(within, func(f fs.FileInfo) bool { return os.SameFile(f, info) }):
			w.leave(name)
			w.job.warn("the link %s leads back to a folder that it lies in: left out", path.Join(w.prefix, name))
		case info.IsDir() && w.virtualEnv(name):
			w.leave(name + "/")
		case info.IsDir():
			if err := w.folder(name, append(within[:len(within):len(within)], info)); err != nil {
				return err
			}
		case !info.Mode().IsRegular(), unwantedFile(name), privateKey(name, w.head):
			w.leave(name)
		default:
			w.watching(program, name)
			w.job.entries = append(w.job.entries, entry{
				name: path.Join(w.prefix, name),
				size: info.Size(),
				exec: executable(info),
				open: func() (io.ReadCloser, error) { return w.root.Open(filepath.FromSlash(name)) },
			})
		}
	}
	return nil
}

// executable says whether the owner of a file may execute it: the only mode that a zip keeps.
func executable(info fs.FileInfo) bool { return info.Mode()&0o100 != 0 }

func (w *walk) virtualEnv(rel string) bool {
	_, err := w.root.Stat(filepath.Join(filepath.FromSlash(rel), "pyvenv.cfg"))
	return err == nil
}

// head reads the beginning of a file.
func (w *walk) head(rel string) []byte {
	f, err := w.root.Open(filepath.FromSlash(rel))
	if err != nil {
		return nil
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, 1<<20))
	return b
}

// unwantedFolder tells folders that never belong into a function: history, tools' caches and settings, credentials.
func unwantedFolder(rel string) bool {
	switch name := strings.ToLower(path.Base(rel)); name {
	case ".git", ".hg", ".svn", ".idea", ".vscode", ".airloom", ".aws-sam", ".serverless", ".aws", ".ssh", ".gnupg", ".bundle",
		"__pycache__", ".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox", ".nyc_output":
		return true
	case ".cache":
		return path.Base(path.Dir(rel)) == "node_modules"
	}
	return strings.HasPrefix(path.Base(rel), ".env")
}

// unwantedFile tells files that hold secrets, or that only a developer's machine has a use for.
func unwantedFile(rel string) bool {
	name := strings.ToLower(path.Base(rel))
	switch name {
	case ".git", ".npmrc", ".yarnrc", ".yarnrc.yml", ".pypirc", ".netrc", "_netrc", ".git-credentials", ".htpasswd",
		"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk", ".ds_store", "thumbs.db", "desktop.ini":
		return true
	}
	switch path.Ext(name) {
	case ".key", ".p12", ".pfx", ".ppk", ".jks", ".keystore", ".kdbx", ".pyc", ".pyo", ".swp", ".swo":
		return true
	}
	return strings.HasPrefix(name, ".env") || strings.HasSuffix(name, "~")
}

// privateKey tells PEM files that are, or may be, private. Bundles of certificates, which many packages
// carry to verify servers with, are not.
func privateKey(rel string, head func(string) []byte) bool {
	if strings.ToLower(path.Ext(rel)) != ".pem" {
		return false
	}
	b := head(rel)
	return bytes.Contains(b, []byte("PRIVATE KEY")) || !bytes.Contains(b, []byte("-----BEGIN CERTIFICATE-----"))
}
