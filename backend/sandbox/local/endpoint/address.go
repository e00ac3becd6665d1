package endpoint

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"

	"airloom/backend/kind"
)

// Serve answers requests at an address.
type Serve func(context.Context, kind.HTTPRequest) kind.HTTPResponse

// Addresses are the loopback ports of resources that have an address of their own. It is safe for concurrent use.
type Addresses struct {
	// Failed is told of a panic in an answer.
	Failed func(format string, args ...any)

	mu   sync.Mutex
	open map[string]*address
}

type address struct {
	owner  *Addresses
	port   int
	server *http.Server
	ended  chan struct{}

	mu    sync.RWMutex
	serve Serve // nil while nobody answers
}

// NewAddresses makes an empty set; failed is told of a panic in an answer.
func NewAddresses(failed func(format string, args ...any)) *Addresses {
	return &Addresses{Failed: failed, open: map[string]*address{}}
}

// Open holds the wanted port for an id, another free one where that is taken or 0, and gives the port. Requests are told to
// come again until somebody serves.
func (a *Addresses) Open(id string, port int) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if s := a.open[id]; s != nil {
		return s.port, nil
	}
	l, got, err := listen(port)
	if err != nil {
		return 0, err
	}
	s := &address{owner: a, port: got, ended: make(chan struct{})}
	s.server = newServer(s)
	a.open[id] = s
	go func() { defer close(s.ended); _ = s.server.Serve(l) }()
	return got, nil
}

// Serve sets who answers at the address of an id; nil is nobody.
func (a *Addresses) Serve(id string, f Serve) {
	a.mu.Lock()
	s := a.open[id]
	a.mu.Unlock()
	if s != nil {
		s.mu.Lock()
		s.serve = f
		s.mu.Unlock()
	}
}

// Drop gives an id's port free.
func (a *Addresses) Drop(id string) {
	a.mu.Lock()
	s := a.open[id]
	delete(a.open, id)
	a.mu.Unlock()
	if s != nil {
		s.close()
	}
}

// Close gives all ports free.
func (a *Addresses) Close() {
	a.mu.Lock()
	all := a.open
	a.open = map[string]*address{}
	a.mu.Unlock()
	for _, s := range all {
		s.close()
	}
}

func (s *address) close() {
	_ = s.server.Close()
	<-s.ended
}

// ServeHTTP implements http.Handler.
func (s *address) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !ours(r, s.port) {
		http.Error(w, "this is not the host that was asked for", http.StatusForbidden)
		return
	}
	if crossSite(r) {
		http.Error(w, "pages of other sites have no access to the embedded sandbox", http.StatusForbidden)
		return
	}
	s.mu.RLock()
	serve := s.serve
	s.mu.RUnlock()
	if serve == nil {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "the embedded sandbox is about to change what answers here", http.StatusServiceUnavailable)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		http.Error(w, "at most "+strconv.Itoa(maxBody>>20)+" MB are taken", http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		http.Error(w, "the request ended early", http.StatusBadRequest)
		return
	}
	defer func() {
		if p := recover(); p != nil {
			s.owner.Failed("an answer failed unexpectedly: %v\n%s", p, debug.Stack())
			http.Error(w, "the simulation failed unexpectedly", http.StatusInternalServerError)
		}
	}()
	respond(w, r, serve(r.Context(), request(r, body)))
}
