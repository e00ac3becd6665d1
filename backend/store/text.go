package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"airloom/backend/design"
	"airloom/backend/fault"
)

func (p *Project) textPath() string { return strings.TrimSuffix(p.path, Ending) + TextEnding }

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// readText reads the text snapshot; nil where there is none.
func (p *Project) readText() ([]byte, error) {
	info, err := os.Stat(p.textPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(p.textPath())
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "reading the text snapshot").At(p.textPath())
	}
	return text, nil
}

// Outside is what changed in the text snapshot since we wrote it; a zero diff where nothing did.
func (p *Project) Outside(context.Context) (design.Diff, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text, err := p.readText()
	if err != nil || text == nil || p.ours(text) {
		return design.Diff{}, err
	}
	d, err := p.parse(text)
	if err != nil {
		return design.Diff{}, err
	}
	return design.Between(p.now.design, d), nil
}

// ours tells whether the text is what we wrote: the last one, or the one that a killed process was about to note.
func (p *Project) ours(text []byte) bool {
	d := digest(text)
	return d == p.now.text || d == p.now.pending
}

// parse reads the text; a project keeps its id whatever the text says, so that a merge never joins two stacks.
func (p *Project) parse(text []byte) (design.Design, error) {
	d, err := design.Unmarshal(text)
	if err != nil {
		f := fault.As(err)
		if f.Where == "" {
			f.Where = p.textPath()
		}
		return d, f
	}
	if own, ok := p.now.design.Settings[identity]; ok {
		d.Settings[identity] = own
	}
	return d, nil
}

// TakeIn commits the outside change, or drops it by writing the text anew.
func (p *Project) TakeIn(ctx context.Context, accept bool) (design.Commit, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.writable(); err != nil {
		return design.Commit{}, err
	}
	text, err := p.readText()
	if err != nil {
		return design.Commit{}, err
	}
	none := design.Commit{Revision: p.now.design.Revision}
	if text == nil || p.ours(text) {
		return none, nil
	}
	if !accept {
		next := p.now
		next.pending = digest(text) // it counts as seen, and is overwritten below
		if err := p.commit(ctx, &next, func(*writer) {}); err != nil {
			return none, err
		}
		return none, p.putText(ctx)
	}
	d, err := p.parse(text)
	if err != nil {
		return none, err
	}
	diff := design.Between(p.now.design, d)
	out := none
	if !diff.IsZero() {
		if out, err = p.apply(ctx, diff, "take in outside changes", byTakeIn, 0); err != nil {
			return none, err
		}
	}
	next := p.now
	next.text, next.pending = digest(text), ""
	return out, p.commit(ctx, &next, func(*writer) {})
}

// writeText writes the text snapshot where it differs from the drawing; what somebody else wrote stays until it is taken
// in or dropped.
func (p *Project) writeText(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.db == nil {
		return nil
	}
	text, err := p.readText()
	if err != nil || (text != nil && !p.ours(text)) {
		return err
	}
	return p.putText(ctx)
}

// putText replaces the text. Its digest is noted before it appears, so that a process killed between the two does not take
// its own text for somebody else's.
func (p *Project) putText(ctx context.Context) error {
	text, err := design.Marshal(p.now.design)
	if err != nil {
		return err
	}
	d := digest(text)
	if old, err := os.ReadFile(p.textPath()); err == nil && bytes.Equal(old, text) && p.now.text == d {
		return nil
	}
	next := p.now
	next.pending = d
	if err := p.commit(ctx, &next, func(*writer) {}); err != nil {
		return err
	}
	if err := replace(p.textPath(), text); err != nil {
		return fault.Wrap(err, fault.Unavailable, "writing the text snapshot").At(p.textPath())
	}
	next = p.now
	next.text, next.pending = d, ""
	return p.commit(ctx, &next, func(*writer) {})
}

// replace writes a file that is there whole or not at all.
func replace(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncFolder(filepath.Dir(path))
}

// importText makes the project file of a text snapshot that has none yet: after a clone. Where nothing can be written, it is
// made elsewhere and the project is read-only.
func (p *Project) importText(ctx context.Context, path string) error {
	text, err := p.readText()
	if err != nil {
		return err
	}
	d, err := p.parse(text)
	if err != nil {
		return err
	}
	if _, ok := d.Settings[identity]; !ok {
		d = withID(d, p.store.deps.NewID)
	}
	l, who, err := take(lockPath(p.path))
	switch {
	case err == nil && l == nil:
		return fault.New(fault.Conflict, "%s is opening this project", who).At(path).Try("try again in a moment")
	case err == nil:
		p.lock = l
		if err := fill(ctx, p.path, d); err == nil {
			return p.noted(ctx, text)
		}
		remove(p.path)
	}
	p.readOnly = "the folder cannot be written"
	if p.scratch, err = os.MkdirTemp("", "airloom-"); err != nil {
		return fault.Wrap(err, fault.Unavailable, "making a place to work in")
	}
	to := filepath.Join(p.scratch, filepath.Base(p.path))
	if err := fill(ctx, to, d); err != nil {
		return fault.Wrap(err, fault.Unavailable, "reading the text snapshot").At(path)
	}
	return p.attachReading(ctx, to)
}

// noted opens a file just made of a text, and notes that the text is known.
func (p *Project) noted(ctx context.Context, text []byte) error {
	if err := p.attach(ctx, p.path); err != nil {
		return err
	}
	next := p.now
	next.text = digest(text)
	return p.commit(ctx, &next, func(*writer) {})
}
