// Package logs keeps what functions and simulations say, by node for a person and by log group for the CloudWatch Logs API.
// Lines are appended to files of a bounded number and size; a killed process loses none that was told. It imports the
// contracts only (kind, fault).
package logs

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"airloom/backend/fault"
)

const (
	segmentBytes = 4 << 20
	keptSegments = 16
	// maxText is CloudWatch's limit of one event.
	maxText = 256 << 10
	tail    = 4096 // entries kept in memory for those who follow
)

// Entry is one line.
type Entry struct {
	Seq       int64     `json:"q"`
	Time      time.Time `json:"t"`
	Node      string    `json:"n,omitempty"`
	Level     string    `json:"l,omitempty"` // info, warning, error
	Group     string    `json:"g,omitempty"` // log group, "" where the line is in none
	Stream    string    `json:"s,omitempty"`
	RequestID string    `json:"r,omitempty"`
	Text      string    `json:"x"`
}

// Store keeps entries in a folder. It is safe for concurrent use within one process.
type Store struct {
	dir string

	mu      sync.Mutex
	file    *os.File
	segment int
	size    int64
	seq     int64
	recent  []Entry       // the newest, oldest first
	bell    chan struct{} // closed at the next append
	broken  error         // the first failure to write; told once
}

// Open makes the folder where there is none, and goes on after the newest entry.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Denied, "making the folder of logs").At(dir)
	}
	s := &Store{dir: dir, bell: make(chan struct{})}
	list, err := segments(dir)
	if err != nil {
		return nil, err
	}
	if len(list) > 0 {
		s.segment = list[len(list)-1]
		if err := scan(path(dir, s.segment), func(e Entry) bool { s.seq = max(s.seq, e.Seq); return true }); err != nil {
			return nil, err
		}
	}
	// What a killed process left half-written stays alone on its line: a new segment begins.
	return s, s.roll()
}

func (s *Store) roll() error {
	if s.file != nil {
		_ = s.file.Close()
	}
	s.segment++
	f, err := os.OpenFile(path(s.dir, s.segment), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "writing logs").At(s.dir)
	}
	s.file, s.size = f, 0
	list, err := segments(s.dir)
	for i := 0; err == nil && i < len(list)-keptSegments; i++ {
		_ = os.Remove(path(s.dir, list[i])) // it is tried again at the next roll
	}
	return nil
}

// Append adds an entry; its Seq is set here. That a line could not be written is no reason to stop what wrote it: Append says
// so once.
func (s *Store) Append(e Entry) error {
	if len(e.Text) > maxText {
		e.Text = strings.ToValidUTF8(e.Text[:maxText], "") + "…"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	e.Seq = s.seq
	line, err := json.Marshal(e)
	if err == nil && s.size > segmentBytes {
		err = s.roll()
	}
	if err == nil {
		_, err = s.file.Write(append(line, '\n'))
	}
	s.size += int64(len(line)) + 1
	s.recent = append(s.recent, e)
	if len(s.recent) > 2*tail {
		s.recent = slices.Clone(s.recent[len(s.recent)-tail:])
	}
	close(s.bell)
	s.bell = make(chan struct{})
	if err != nil && s.broken == nil {
		s.broken = err
		return fault.Wrap(err, fault.Unavailable, "writing logs").At(s.dir)
	}
	return nil
}

// Query chooses entries. The zero value is all of them.
type Query struct {
	After  int64 // entries with a greater Seq
	Since  time.Time
	Until  time.Time // entries before it; zero: no end
	Match  func(Entry) bool
	Newest int // only that many newest ones; 0: all
}

// Read gives entries, oldest first.
func (s *Store) Read(q Query) ([]Entry, error) {
	s.mu.Lock()
	if q.After > 0 && (len(s.recent) == 0 || s.recent[0].Seq <= q.After+1) {
		recent := slices.Clone(s.recent)
		s.mu.Unlock()
		return q.choose(recent), nil
	}
	s.mu.Unlock()
	return Read(s.dir, q)
}

// Read gives the entries in a folder, oldest first, whoever writes there.
func Read(dir string, q Query) ([]Entry, error) {
	list, err := segments(dir)
	if err != nil {
		return nil, err
	}
	var found [][]Entry
	n := 0
	for _, seg := range slices.Backward(list) {
		var all []Entry
		if err := scan(path(dir, seg), func(e Entry) bool { all = append(all, e); return true }); err != nil {
			return nil, err
		}
		chosen := q.choose(all)
		found = append(found, chosen)
		n += len(chosen)
		if q.Newest > 0 && n >= q.Newest || len(all) > 0 && (all[0].Time.Before(q.Since) || all[0].Seq <= q.After) {
			break // older segments hold older entries
		}
	}
	slices.Reverse(found)
	out := slices.Concat(found...)
	if q.Newest > 0 && len(out) > q.Newest {
		out = out[len(out)-q.Newest:]
	}
	return out, nil
}

func (q Query) choose(all []Entry) []Entry {
	var out []Entry
	for _, e := range all {
		if e.Seq > q.After && !e.Time.Before(q.Since) && (q.Until.IsZero() || e.Time.Before(q.Until)) && (q.Match == nil || q.Match(e)) {
			out = append(out, e)
		}
	}
	return out
}

// Last is the Seq of the newest entry, and a channel that is closed when there is a newer one.
func (s *Store) Last() (int64, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq, s.bell
}

// Close ends writing.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.file.Close()
}

func path(dir string, segment int) string {
	return filepath.Join(dir, fmt.Sprintf("%08d.ndjson", segment))
}

// segments are the numbers of the files in a folder, ascending; a folder that is not there has none.
func segments(dir string) ([]int, error) {
	list, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		return nil, fault.Wrap(err, fault.Denied, "reading logs").At(dir)
	}
	var out []int
	for _, d := range list {
		name, ok := strings.CutSuffix(d.Name(), ".ndjson")
		if n, err := strconv.Atoi(name); ok && err == nil {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out, nil
}

// scan reads a file; a line that cannot be read (the last one of a killed process) is skipped.
func scan(name string, visit func(Entry) bool) error {
	f, err := os.Open(name)
	if os.IsNotExist(err) {
		return nil // rolled away meanwhile
	}
	if err != nil {
		return fault.Wrap(err, fault.Denied, "reading logs").At(name)
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	for {
		line, err := r.ReadBytes('\n')
		var e Entry
		if len(bytes.TrimSpace(line)) > 0 && json.Unmarshal(line, &e) == nil && !visit(e) {
			return nil
		}
		if err != nil {
			return nil
		}
	}
}
