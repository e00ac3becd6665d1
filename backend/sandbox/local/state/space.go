package state

import (
	"bytes"
	"path/filepath"
	"regexp"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

var spaceName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,60}$`)

// Space is the store of one namespace. That its file cannot be opened is told by each use of it.
func (f *Folder) Space(namespace string) kind.State {
	f.mu.Lock()
	defer f.mu.Unlock()
	if db := f.spaces[namespace]; db != nil {
		return space{db, nil}
	}
	if !spaceName.MatchString(namespace) || namespace+".db" == mainFile {
		return space{nil, fault.New(fault.Internal, "%q cannot name a namespace", namespace)}
	}
	db, err := open(filepath.Join(f.dir, namespace+".db"))
	if err != nil {
		return space{nil, err}
	}
	f.spaces[namespace] = db
	return space{db, nil}
}

// space is kind.State over one file.
type space struct {
	db  *bbolt.DB
	err error
}

var root = []byte("data")

func (s space) View(f func(kind.Tx) error) error {
	if s.err != nil {
		return s.err
	}
	return s.db.View(func(btx *bbolt.Tx) error { return f(tx{btx.Bucket(root)}) })
}

func (s space) Update(f func(kind.Tx) error) error {
	if s.err != nil {
		return s.err
	}
	var inner error
	err := s.db.Update(func(btx *bbolt.Tx) error {
		b, err := btx.CreateBucketIfNotExists(root)
		if err != nil {
			return err
		}
		inner = f(tx{b})
		return inner
	})
	if inner != nil {
		return inner
	}
	return explain(err)
}

// tx is kind.Tx over a bucket; nil is the empty store before the first write.
type tx struct{ b *bbolt.Bucket }

func (t tx) Get(key []byte) []byte {
	if t.b == nil {
		return nil
	}
	return t.b.Get(key)
}

func (t tx) Put(key, value []byte) error {
	if t.b == nil {
		return berrors.ErrTxNotWritable
	}
	// The store keeps what it is given until the commit, and the caller may use its slices again.
	return t.b.Put(bytes.Clone(key), append([]byte{}, value...))
}

func (t tx) Delete(key []byte) error {
	if t.b == nil {
		return berrors.ErrTxNotWritable
	}
	return t.b.Delete(key)
}

func (t tx) Scan(prefix, from []byte, visit func(key, value []byte) bool) {
	if t.b == nil {
		return
	}
	if bytes.Compare(from, prefix) < 0 {
		from = prefix
	}
	c := t.b.Cursor()
	for k, v := c.Seek(from); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if !visit(k, v) {
			return
		}
	}
}

func (t tx) Reverse(prefix, from []byte, visit func(key, value []byte) bool) {
	if t.b == nil {
		return
	}
	c := t.b.Cursor()
	for k, v := last(c, prefix, from); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Prev() {
		if !visit(k, v) {
			return
		}
	}
}

// last is the greatest key with the prefix that is not above from.
func last(c *bbolt.Cursor, prefix, from []byte) (k, v []byte) {
	end := successor(prefix)
	if from != nil && (end == nil || bytes.Compare(from, end) < 0) {
		if k, v = c.Seek(from); k != nil && bytes.Equal(k, from) {
			return k, v
		}
	} else if end != nil {
		k, _ = c.Seek(end)
	}
	if k == nil {
		return c.Last()
	}
	return c.Prev()
}

// successor is the least key above all with the prefix, nil where there is none.
func successor(prefix []byte) []byte {
	out := bytes.Clone(prefix)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i] < 0xff {
			out[i]++
			return out[:i+1]
		}
	}
	return nil
}

func (t tx) DeletePrefix(prefix []byte) error {
	if t.b == nil {
		return berrors.ErrTxNotWritable
	}
	var keys [][]byte // deleting while a cursor stands there can skip keys
	t.Scan(prefix, nil, func(k, _ []byte) bool { keys = append(keys, bytes.Clone(k)); return true })
	for _, k := range keys {
		if err := t.b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}
