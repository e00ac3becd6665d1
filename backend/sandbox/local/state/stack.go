package state

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"go.etcd.io/bbolt"

	"airloom/backend/sandbox/local/engine"
)

var (
	stackSection  = []byte("stack")
	recordSection = []byte("records")
	headKey       = []byte("head")
)

// Stack is the engine's store in this folder.
func (f *Folder) Stack() engine.Store { return stack{f.main} }

type stack struct{ db *bbolt.DB }

func (s stack) Load() (engine.Head, []engine.Record, error) {
	var head engine.Head
	var records []engine.Record
	err := s.db.View(func(tx *bbolt.Tx) error {
		if b := tx.Bucket(stackSection); b != nil {
			if text := b.Get(headKey); text != nil {
				if err := json.Unmarshal(text, &head); err != nil {
					return err
				}
			}
		}
		b := tx.Bucket(recordSection)
		if b == nil {
			return nil
		}
		return b.ForEach(func(_, text []byte) error {
			var r engine.Record
			if err := json.Unmarshal(text, &r); err != nil {
				return err
			}
			records = append(records, r)
			return nil
		})
	})
	return head, records, explain(err)
}

func (s stack) SaveHead(h engine.Head) error { return s.put(stackSection, headKey, h) }

func (s stack) Put(r engine.Record) error { return s.put(recordSection, []byte(r.Key), r) }

func (s stack) put(section, key []byte, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return explain(s.db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(section)
		if err != nil {
			return err
		}
		return b.Put(key, text)
	}))
}

func (s stack) Drop(key string) error {
	return explain(s.db.Update(func(tx *bbolt.Tx) error {
		if b := tx.Bucket(recordSection); b != nil {
			return b.Delete([]byte(key))
		}
		return nil
	}))
}

// Readdress changes the port of this machine's addresses in everything that the stack has stored: physical ids (of queues),
// attributes, variables of functions, outputs. It is needed where a port that had been given out is taken by another program now.
func (f *Folder) Readdress(old, now int) error {
	pattern := regexp.MustCompile(`(127\.0\.0\.1|localhost):` + strconv.Itoa(old) + `\b`)
	return explain(f.main.Update(func(tx *bbolt.Tx) error {
		for _, section := range [][]byte{stackSection, recordSection} {
			b := tx.Bucket(section)
			if b == nil {
				continue
			}
			changed := map[string][]byte{}
			if err := b.ForEach(func(k, v []byte) error {
				if strings.Contains(string(v), ":"+strconv.Itoa(old)) {
					changed[string(k)] = pattern.ReplaceAll(v, []byte("${1}:"+strconv.Itoa(now)))
				}
				return nil
			}); err != nil {
				return err
			}
			for k, v := range changed {
				if err := b.Put([]byte(k), v); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}
