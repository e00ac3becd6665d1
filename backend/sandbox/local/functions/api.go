package functions

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"airloom/backend/fault"
)

// api is one environment's runtime API. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
type api struct {
	address string
	server  *http.Server
	ready   chan struct{}    // closed when the process asks for its first event
	events  chan *invocation // hands an event to the waiting process
	asked   sync.Once

	mu      sync.Mutex
	current *invocation
	init    *answer // what the process said went wrong before its first event
}

// serve opens a runtime API. Every environment has a listener of its own, at an address that cannot be guessed where the
// system takes all of 127.0.0.0/8 for loopback, so that no function reads the events of another.
func serve(e *environment) (*api, error) {
	host := "127.0.0.1"
	if runtime.GOOS == "linux" {
		b := sha256.Sum256([]byte(e.id))
		host = netip.AddrFrom4([4]byte{127, 1 + b[0]%254, b[1], 1 + b[2]%254}).String()
	}
	l, err := net.Listen("tcp4", host+":0")
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "opening a loopback port for %s", e.spec.Name)
	}
	a := &api{address: l.Addr().String(), ready: make(chan struct{}), events: make(chan *invocation)}
	mux := http.NewServeMux()
	const base = "/2018-06-01/runtime/"
	mux.HandleFunc("GET "+base+"invocation/next", a.next)
	mux.HandleFunc("POST "+base+"invocation/{id}/response", a.response)
	mux.HandleFunc("POST "+base+"invocation/{id}/error", a.failure)
	mux.HandleFunc("POST "+base+"init/error", a.initFailure)
	a.server = &http.Server{Handler: a.only(mux), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = a.server.Serve(l) }() // ends with close
	return a, nil
}

func (a *api) close() { _ = a.server.Close() }

// only refuses requests that were meant for another host: a page in a browser cannot reach the API by a name of its own.
func (a *api) only(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != a.address {
			reply(w, http.StatusForbidden, "AccessDenied", "the host "+r.Host+" is not served here")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// next waits for an event and hands it over.
func (a *api) next(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	busy := a.current != nil
	a.mu.Unlock()
	if busy {
		reply(w, http.StatusForbidden, "InvalidStateTransition", "the event in hand is not answered yet")
		return
	}
	a.asked.Do(func() { close(a.ready) })
	var inv *invocation
	select {
	case inv = <-a.events:
	case <-r.Context().Done():
		return
	}
	a.mu.Lock()
	a.current = inv
	a.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(inv.payload)))
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", inv.arn)
	h.Set("Lambda-Runtime-Trace-Id", inv.trace)
	if inv.client != "" {
		h.Set("Lambda-Runtime-Client-Context", inv.client)
	}
	_, _ = w.Write(inv.payload) // a process that is gone is noticed by its end
}

// response takes the result of the event in hand.
func (a *api) response(w http.ResponseWriter, r *http.Request) {
	a.settle(w, r, func(body []byte, err error) answer {
		switch {
		case strings.EqualFold(r.Header.Get("Lambda-Runtime-Function-Response-Mode"), "streaming"):
			return named("Runtime.StreamingUnsupported", "a response stream does not run in the embedded sandbox")
		case errors.As(err, new(*http.MaxBytesError)):
			return named("Function.ResponseSizeTooLarge", fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", mostAnswer))
		case err != nil:
			return named("Runtime.TruncatedResponse", err.Error())
		}
		return answer{payload: body}
	})
}

// failure takes the error document of the event in hand.
func (a *api) failure(w http.ResponseWriter, r *http.Request) {
	a.settle(w, r, func(body []byte, _ error) answer {
		return answer{payload: body, failed: true, class: r.Header.Get("Lambda-Runtime-Function-Error-Type")}
	})
}

func (a *api) settle(w http.ResponseWriter, r *http.Request, judge func([]byte, error) answer) {
	a.mu.Lock()
	inv := a.current
	if inv == nil || inv.id != r.PathValue("id") {
		a.mu.Unlock()
		reply(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return
	}
	a.mu.Unlock()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostAnswer))
	result := judge(body, err)
	a.mu.Lock()
	a.current = nil
	a.mu.Unlock()
	// The process may ask for its next event before the caller has this answer: the channel has room.
	if result.class == "Function.ResponseSizeTooLarge" {
		reply(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", fmt.Sprintf("Exceeded maximum allowed payload size (%d bytes).", mostAnswer))
	} else {
		accept(w)
	}
	select {
	case inv.answered <- result:
	default: // a second answer to one event: the first counts
	}
}

// initFailure takes what went wrong before the first event; the process ends then.
func (a *api) initFailure(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, mostAnswer))
	a.mu.Lock()
	a.init = &answer{payload: body, failed: true, status: "error", class: r.Header.Get("Lambda-Runtime-Function-Error-Type")}
	a.mu.Unlock()
	accept(w)
}

func (a *api) initError() (answer, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.init == nil {
		return answer{}, false
	}
	return *a.init, true
}

func named(class, message string) answer {
	doc, _ := json.Marshal(map[string]string{"errorType": class, "errorMessage": message}) // strings: it cannot fail
	return answer{payload: doc, failed: true, class: class}
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`+"\n")
}

func reply(w http.ResponseWriter, status int, class, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"errorType": class, "errorMessage": message})
}
