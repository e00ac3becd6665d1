package local

import (
	"bufio"
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

// note is what the process that holds the folder leaves in it, for other processes of the same user.
type note struct {
	PID     int    `json:"pid"`
	Command string `json:"command"`
	Address string `json:"address"`
	Secret  string `json:"secret"`
}

func noteFile(folder string) string { return filepath.Join(folder, "holder.json") }

// control is where other processes of the user reach the one that holds the folder. It knows nobody but who can read the note.
type control struct {
	file   string
	server *http.Server
	ended  chan struct{}
}

// openControl opens the door for other processes and leaves the note.
func (s *Sandbox) openControl() (*control, error) {
	secret := make([]byte, 32)
	if _, err := io.ReadFull(s.Random, secret); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "reading randomness")
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "opening a port of this machine")
	}
	n := note{PID: os.Getpid(), Command: s.Command, Address: l.Addr().String(), Secret: base64.RawURLEncoding.EncodeToString(secret)}
	c := &control{file: noteFile(s.Folder), ended: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /deployment", func(w http.ResponseWriter, r *http.Request) {
		d, err := s.Deployment(r.Context())
		reply(w, d, err)
	})
	mux.HandleFunc("POST /call", func(w http.ResponseWriter, r *http.Request) {
		var in kind.Request
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			reply(w, nil, fault.Wrap(err, fault.Invalid, "reading the call"))
			return
		}
		out, err := s.Call(r.Context(), in)
		reply(w, out, err)
	})
	mux.HandleFunc("POST /logs", func(w http.ResponseWriter, r *http.Request) {
		var q sandbox.LogQuery
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			reply(w, nil, fault.Wrap(err, fault.Invalid, "reading the question"))
			return
		}
		s.streamLogs(w, r, q)
	})
	c.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if r.Host != n.Address || r.Header.Get("Origin") != "" || subtle.ConstantTimeCompare([]byte(key), []byte(n.Secret)) != 1 {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})}
	go func() { defer close(c.ended); _ = c.server.Serve(l) }()
	text, err := json.Marshal(n)
	if err == nil {
		err = writeFile(c.file, text)
	}
	if err != nil {
		return nil, errors.Join(fault.Wrap(err, fault.Denied, "telling other processes who holds the sandbox").At(c.file), c.close())
	}
	return c, nil
}

func (c *control) close() error {
	_ = os.Remove(c.file) // one that stays names a process that nobody finds
	err := c.server.Close()
	<-c.ended
	return err
}

func reply(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusConflict)
		v = flat(err)
	}
	_ = json.NewEncoder(w).Encode(v) // who asked has gone
}

// flat is an error with its causes told in its message, as it survives the way to another process.
func flat(err error) *fault.Error {
	f := fault.As(err)
	text := f.Message
	if f.Cause != nil {
		text += ": " + f.Cause.Error()
	}
	return &fault.Error{Code: f.Code, Message: text, Where: f.Where, Hint: f.Hint}
}

func (s *Sandbox) streamLogs(w http.ResponseWriter, r *http.Request, q sandbox.LogQuery) {
	out := json.NewEncoder(w)
	flush := http.NewResponseController(w)
	w.Header().Set("Content-Type", "application/x-ndjson")
	_ = flush.Flush()
	var mu sync.Mutex
	_ = s.Logs(r.Context(), q, func(e event.Event) { // who asked sees the stream end
		mu.Lock()
		defer mu.Unlock()
		_ = out.Encode(e)
		_ = flush.Flush()
	})
}

// remote is the process that holds the folder.
type remote struct {
	note
	client *http.Client
}

// findHolder reads the note. The holder may be about to write it, or about to go.
func findHolder(folder string, client *http.Client) (*remote, error) {
	var n note
	text, err := os.ReadFile(noteFile(folder))
	for i := 0; i < 40 && (err != nil || json.Unmarshal(text, &n) != nil || n.Address == ""); i++ {
		time.Sleep(25 * time.Millisecond)
		text, err = os.ReadFile(noteFile(folder))
	}
	if n.Address == "" {
		return nil, fault.New(fault.Conflict, "another process holds the embedded sandbox of this project and does not say who it is").At(folder).
			Try("end the other Airloom, or wait until it has ended")
	}
	return &remote{n, client}, nil
}

func (o *remote) refusal() error {
	name := o.Command
	if name == "" {
		name = "another Airloom"
	}
	return fault.New(fault.Conflict, "%s (pid %d) holds the embedded sandbox of this project", name, o.PID).Try("do it there, or end it first")
}

func (o *remote) post(ctx context.Context, path string, in any) (*http.Response, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "printing a request")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+o.Address+path, bytes.NewReader(body))
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "making a request")
	}
	req.Header.Set("Authorization", "Bearer "+o.Secret)
	res, err := o.client.Do(req)
	switch {
	case ctx.Err() != nil:
		return nil, fault.Wrap(ctx.Err(), fault.Canceled, "asking %s (pid %d)", o.Command, o.PID)
	case err != nil:
		return nil, fault.Wrap(err, fault.Unavailable, "asking %s (pid %d), which holds the embedded sandbox", o.Command, o.PID)
	case res.StatusCode == http.StatusOK:
		return res, nil
	}
	defer res.Body.Close()
	var f fault.Error
	if err := json.NewDecoder(res.Body).Decode(&f); err != nil || f.Code == "" {
		return nil, fault.New(fault.Unavailable, "%s (pid %d) did not answer as expected", o.Command, o.PID)
	}
	return nil, &f
}

func (o *remote) ask(ctx context.Context, path string, in, out any) error {
	res, err := o.post(ctx, path, in)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fault.Wrap(err, fault.Unavailable, "reading what %s (pid %d) answered", o.Command, o.PID)
	}
	return nil
}

func (o *remote) deployment(ctx context.Context) (d sandbox.Deployment, err error) {
	return d, o.ask(ctx, "/deployment", struct{}{}, &d)
}

func (o *remote) call(ctx context.Context, r kind.Request) (out sandbox.Response, err error) {
	return out, o.ask(ctx, "/call", r, &out)
}

func (o *remote) logs(ctx context.Context, q sandbox.LogQuery, sink event.Sink) error {
	res, err := o.post(ctx, "/logs", q)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	lines := bufio.NewReader(res.Body)
	for {
		line, err := lines.ReadBytes('\n')
		var e event.Event
		if err == nil && json.Unmarshal(line, &e) == nil {
			sink(e)
		}
		if err != nil {
			return nil // interrupted here, or ended there
		}
	}
}
