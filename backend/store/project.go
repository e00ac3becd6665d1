package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"airloom/backend/design"
	"airloom/backend/fault"
)

// Project is one open project file. It is safe for concurrent use; changes exclude one another.
type Project struct {
	store    *Store
	path     string // of the project file
	file     string // that is really open: the project file, or a copy of it where that cannot be written
	readOnly string
	notice   string
	leave    func()
	lock     *lock
	scratch  string // folder of the copy

	mu     sync.Mutex
	db     *sql.DB
	now    content
	copied time.Time // when the last safety copy was made
	dirty  chan struct{}
	stop   chan struct{}
	done   chan struct{}
}

// Path is the absolute path of the project file.
func (p *Project) Path() string { return p.path }

// Name is the file's name without its ending.
func (p *Project) Name() string { return strings.TrimSuffix(filepath.Base(p.path), Ending) }

// ID is random, made once, and travels with the file and with its text.
func (p *Project) ID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, _ := p.now.design.Settings[identity].Value.(string)
	return id
}

// ReadOnly is why nothing can be written, "" where it can.
func (p *Project) ReadOnly() string { return p.readOnly }

// Notice is what the person should know about how the file was opened, "" for nothing.
func (p *Project) Notice() string { return p.notice }

// Design is the drawing at the current revision.
func (p *Project) Design() design.Design {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now.design
}

// History tells what Undo and Redo would do, "" for nothing.
func (p *Project) History() (undo, redo string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.now.undo); n > 0 {
		undo = p.now.undo[n-1].label
	}
	if n := len(p.now.redo); n > 0 {
		redo = p.now.redo[n-1].label
	}
	return undo, redo
}

// create makes the file with a first drawing. It appears under its name whole, or not at all.
func (p *Project) create(ctx context.Context, path string, d design.Design) error {
	l, holder, err := take(lockPath(p.path))
	switch {
	case err != nil:
		return fault.Wrap(err, fault.Denied, "making the project").At(path).Try("choose a folder that you may write to")
	case l == nil:
		return fault.New(fault.Conflict, "%s is making a project of this name", holder).At(path)
	}
	p.lock = l
	temporary := path + ".new"
	remove(temporary)
	if err := fill(ctx, temporary, d); err != nil {
		remove(temporary)
		return unsaved(err)
	}
	if err := os.Rename(temporary, path); err != nil {
		remove(temporary)
		return fault.Wrap(err, fault.Denied, "making the project").At(path)
	}
	return p.attach(ctx, path)
}

// fill writes a new database with a drawing and closes it.
func fill(ctx context.Context, path string, d design.Design) (err error) {
	db, err := connect(path, create)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := migrate(ctx, db); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	w := writer{ctx: ctx, tx: tx, sum: make([]byte, len(hash()))}
	w.records(design.Between(design.New(), d))
	w.meta(0, "", "")
	if w.err != nil {
		return w.err
	}
	return tx.Commit()
}

// load opens the file: for writing where that is possible, otherwise it stays read-only and says why. What is damaged is
// restored from the newest good copy.
func (p *Project) load(ctx context.Context, unrecognised error) error {
	l, holder, err := take(lockPath(p.path))
	switch {
	case unrecognised != nil && l == nil:
		return unrecognised
	case err == nil && l == nil:
		p.readOnly = holder + " has this project open; close it there to change the drawing here"
		return p.attachReading(ctx, p.path)
	case err != nil || !writable(p.path):
		p.readOnly = "the file or its folder cannot be written"
		return p.attachCopy(ctx, l)
	}
	p.lock = l
	if unrecognised != nil {
		err = damage{error: unrecognised}
	} else {
		_, err = check(ctx, p.path)
	}
	if err != nil {
		if err = p.restore(ctx, err); err != nil {
			return err
		}
	}
	return p.attach(ctx, p.path)
}

// check reads a whole file without writing to it.
func check(ctx context.Context, path string) (content, error) {
	db, err := connect(path, read)
	if err != nil {
		return content{}, err
	}
	defer db.Close()
	return readContent(ctx, db)
}

// attach opens a checked file for writing.
func (p *Project) attach(ctx context.Context, path string) error {
	db, err := connect(path, write)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "opening the project").At(path)
	}
	p.db, p.file = db, path
	if err := migrate(ctx, db); err != nil {
		return fault.Wrap(err, fault.Unavailable, "bringing the project to this version's format").At(path)
	}
	p.now, err = readContent(ctx, db)
	return p.broken(err)
}

func (p *Project) attachReading(ctx context.Context, path string) error {
	db, err := connect(path, read)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "opening the project").At(path)
	}
	p.db, p.file = db, path
	p.now, err = readContent(ctx, db)
	return p.broken(err)
}

// attachCopy reads a copy, since SQLite must write beside what it reads.
func (p *Project) attachCopy(ctx context.Context, l *lock) (err error) {
	defer func() { err = errors.Join(err, l.free()) }()
	if p.scratch, err = os.MkdirTemp("", "airloom-"); err != nil {
		return fault.Wrap(err, fault.Unavailable, "making a copy to read")
	}
	to := filepath.Join(p.scratch, filepath.Base(p.path))
	if err := copyDatabase(p.path, to); err != nil {
		return fault.Wrap(err, fault.Unavailable, "making a copy to read").At(p.path)
	}
	return p.attachReading(ctx, to)
}

// broken turns damage into what a person is told.
func (p *Project) broken(err error) error {
	var d damage
	if errors.As(err, &d) {
		return fault.New(fault.Invalid, "the project file is damaged: %s", d.Error()).At(p.path).Try("open %s, or an older copy; the file was not changed", p.Name()+TextEnding)
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "reading the project").At(p.path)
	}
	return nil
}

// Setting reads a project setting into value, false where it is not set.
func (p *Project) Setting(name string, value any) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var data string
	err := p.db.QueryRow("SELECT data FROM record WHERE kind = ? AND id = ?", localRecord, name).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(data), value)
	}
	if err != nil {
		return false, fault.Wrap(err, fault.Unavailable, "reading the setting %s", name).At(p.path)
	}
	return true, nil
}

// SetSetting writes a project setting; nil removes it.
func (p *Project) SetSetting(ctx context.Context, name string, value any) error {
	var data []byte
	if value != nil {
		var err error
		if data, err = json.Marshal(value); err != nil {
			return fault.Wrap(err, fault.Internal, "writing the setting %s", name)
		}
	}
	return p.change(ctx, func(w *writer) { w.put(localRecord, name, string(data)) })
}

// change writes something that is not the drawing.
func (p *Project) change(ctx context.Context, f func(*writer)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.writable(); err != nil {
		return err
	}
	next := p.now
	return p.commit(ctx, &next, f)
}

func (p *Project) writable() error {
	if p.readOnly != "" {
		return fault.New(fault.Denied, "the project is read-only: %s", p.readOnly).At(p.path)
	}
	if p.db == nil {
		return fault.New(fault.Unavailable, "the project is closed").At(p.path)
	}
	return nil
}

// Close writes the text snapshot and lets go of the file.
func (p *Project) Close() error {
	if p.stop != nil {
		close(p.stop)
		<-p.done
		p.stop = nil
	}
	var err error
	if p.readOnly == "" {
		err = p.writeText(context.Background())
	}
	return errors.Join(err, p.release())
}

func (p *Project) release() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	if p.db != nil {
		errs = append(errs, p.db.Close())
		p.db = nil
	}
	errs = append(errs, p.lock.free())
	p.lock = nil
	if p.scratch != "" {
		errs = append(errs, os.RemoveAll(p.scratch))
	}
	p.leave()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing %s: %w", p.path, err)
	}
	return nil
}
