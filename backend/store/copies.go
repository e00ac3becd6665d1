package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"airloom/backend/fault"
)

const (
	copyEvery   = 5 * time.Minute // of activity
	keepCopies  = 7 * 24 * time.Hour
	textSettles = 2 * time.Second // after the last change
	damagedMark = ".damaged-"
	stampFormat = "20060102T150405.000Z"
)

// copies is the folder of a project's safety copies. It is named after the path, since a damaged file cannot tell its id.
func (p *Project) copies() string {
	if p.store.deps.Snapshots == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(p.path))
	return filepath.Join(p.store.deps.Snapshots, p.Name()+"-"+hex.EncodeToString(sum[:6]))
}

// begin starts the work in the background: the text a moment after a change, a safety copy now and then.
func (p *Project) begin() {
	if p.readOnly != "" {
		return
	}
	p.dirty, p.stop, p.done = make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	go p.background(p.stop, p.done)
}

func (p *Project) touch() {
	select {
	case p.dirty <- struct{}{}:
	default:
	}
}

func (p *Project) background(stop, done chan struct{}) {
	defer close(done)
	var settled <-chan time.Time
	for {
		select {
		case <-stop:
			return
		case <-p.dirty:
			settled = p.store.deps.After(textSettles)
		case <-settled:
			settled = nil
			if err := p.writeText(context.Background()); err != nil {
				p.store.deps.Log("writing the text snapshot of %s: %v", p.Name(), err)
			}
			if err := p.copyNow(context.Background()); err != nil {
				p.store.deps.Log("making a safety copy of %s: %v", p.Name(), err)
			}
		}
	}
}

// copyNow makes a safety copy unless there is a recent one, through a connection of its own: nobody waits for it.
func (p *Project) copyNow(ctx context.Context) error {
	dir := p.copies()
	now := p.store.deps.Now()
	p.mu.Lock()
	due := dir != "" && p.db != nil && now.Sub(p.copied) >= copyEvery
	if due {
		p.copied = now
	}
	p.mu.Unlock()
	if !due {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	db, err := connect(p.file, export)
	if err != nil {
		return err
	}
	defer db.Close()
	name := filepath.Join(dir, now.UTC().Format(stampFormat)+Ending)
	remove(name + ".new")
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", name+".new"); err != nil {
		return err
	}
	if err := os.Rename(name+".new", name); err != nil {
		return err
	}
	return p.prune(dir, now)
}

func (p *Project) prune(dir string, now time.Time) error {
	var errs []error
	list := listCopies(dir)
	for i, name := range list {
		at, err := time.Parse(stampFormat, strings.TrimSuffix(name, Ending))
		if i > 0 && err == nil && now.Sub(at) > keepCopies { // the newest one stays, however old
			errs = append(errs, os.Remove(filepath.Join(dir, name)))
		}
	}
	return errors.Join(errs...)
}

// listCopies are the names of the copies, newest first.
func listCopies(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), Ending) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	slices.Reverse(names)
	return names
}

// restore puts the newest good copy in the place of a damaged file, which is kept under another name, byte by byte. Without a
// copy the drawing is read from the text snapshot. A file that declares what is not ours is replaced by a copy of ours only.
func (p *Project) restore(ctx context.Context, cause error) error {
	var d damage
	if !errors.As(cause, &d) {
		return p.broken(cause)
	}
	for _, name := range listCopies(p.copies()) {
		from := filepath.Join(p.copies(), name)
		if Recognise(from) != nil {
			continue
		}
		if _, err := check(ctx, from); err != nil {
			continue
		}
		kept, err := p.setAside()
		if err == nil {
			err = copyFile(from, p.path)
		}
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "restoring the project").At(p.path)
		}
		p.notice = fmt.Sprintf("the project file was damaged (%s); the copy of %s was restored, and the damaged file kept as %s", d.Error(), strings.TrimSuffix(name, Ending), kept)
		return nil
	}
	if d.foreign {
		return p.broken(cause)
	}
	text, err := p.readText()
	if err != nil || text == nil {
		return p.broken(cause)
	}
	design, err := p.parse(text)
	if err != nil {
		return p.broken(cause)
	}
	kept, err := p.setAside()
	if err == nil {
		err = fill(ctx, p.path, design)
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "restoring the project").At(p.path)
	}
	p.notice = fmt.Sprintf("the project file was damaged (%s); the drawing was restored from its text, without its history, and the damaged file kept as %s", d.Error(), kept)
	return nil
}

// setAside renames a damaged file and what SQLite has left beside it.
func (p *Project) setAside() (string, error) {
	name := strings.TrimSuffix(p.path, Ending) + damagedMark + p.store.deps.Now().UTC().Format(stampFormat) + Ending
	if err := os.Rename(p.path, name); err != nil {
		return "", err
	}
	for _, s := range []string{"-wal", "-shm"} {
		if err := os.Rename(p.path+s, name+s); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return filepath.Base(name), nil
}

// copyDatabase copies a database with the changes that are not in its main file yet.
func copyDatabase(from, to string) error {
	if err := copyFile(from, to); err != nil {
		return err
	}
	if err := copyFile(from+"-wal", to+"-wal"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// remove clears what an earlier, killed attempt may have left; what cannot be removed shows when the name is used.
func remove(path string) {
	for _, s := range []string{"", "-wal", "-shm", "-journal"} {
		_ = os.Remove(path + s)
	}
}

// writable tells whether the file itself can be written.
func writable(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	// SQLite writes beside the file too.
	beside, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		_ = f.Close()
		return false
	}
	return errors.Join(f.Close(), beside.Close(), os.Remove(beside.Name())) == nil
}
