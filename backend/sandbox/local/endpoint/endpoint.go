// Package endpoint is where the embedded sandbox is reached over HTTP, on loopback only: one AWS-compatible endpoint that
// verifies every request as AWS does (Signature Version 4, temporary credentials of this launch), and one plain address
// for each resource that has one. It imports the contracts only (kind, fault).
package endpoint

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Limits of what is read.
const (
	maxBody   = 10 << 20  // as API Gateway has it, and more than any AWS API but S3 takes
	maxObject = 256 << 20 // of one PutObject or part here: bodies are held in memory
	maxHeader = 64 << 10
)

// Deps are what an endpoint works with. All are needed.
type Deps struct {
	Region string
	Keys   *Keys
	Now    func() time.Time
	NewID  func() string
	// Service answers verified requests by signing name; false says that there is no such service.
	Service func(ctx context.Context, name string, r kind.APIRequest) (kind.HTTPResponse, bool)
	// Failed is told of a panic in a service.
	Failed func(format string, args ...any)
}

// Endpoint is the AWS-compatible endpoint. Make it with Listen.
type Endpoint struct {
	Deps
	seen   replay
	port   int
	server *http.Server
	ended  chan struct{}
}

// Listen opens the endpoint at a port of 127.0.0.1, another free one where that is taken or 0.
func Listen(port int, d Deps) (*Endpoint, error) {
	l, got, err := listen(port)
	if err != nil {
		return nil, err
	}
	e := &Endpoint{Deps: d, port: got, ended: make(chan struct{})}
	e.server = newServer(e)
	go func() { defer close(e.ended); _ = e.server.Serve(l) }()
	return e, nil
}

// listen opens a port of 127.0.0.1: the wanted one, or where that is taken another free one.
func listen(port int) (net.Listener, int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil && port != 0 {
		l, err = net.Listen("tcp4", "127.0.0.1:0")
	}
	if err != nil {
		return nil, 0, fault.Wrap(err, fault.Unavailable, "opening a port of this machine")
	}
	return l, l.Addr().(*net.TCPAddr).Port, nil
}

func newServer(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: maxHeader,
		ErrorLog: log.New(io.Discard, "", 0)} // what is told of a broken connection helps nobody here
}

// Port is the port that the endpoint has.
func (e *Endpoint) Port() int { return e.port }

// Close ends the endpoint: open requests are cut off.
func (e *Endpoint) Close() error {
	err := e.server.Close()
	<-e.ended
	return err
}

// ServeHTTP implements http.Handler.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'") // a stored page is shown, and does nothing
	id := e.NewID()
	if !ours(r, e.port) {
		refuse("AccessDenied", "This is not the host that was asked for.").write(w, r, "", id)
		return
	}
	if crossSite(r) {
		refuse("AccessDenied", "Pages of other sites have no access.").write(w, r, "", id)
		return
	}
	c, who, body, refused := e.admit(w, r)
	if preflight(r) {
		c, who, body, refused = claim{service: "s3"}, kind.Principal{}, nil, nil
	}
	if refused != nil {
		refused.write(w, r, c.service, id)
		return
	}
	defer e.recovered(w, r, c.service, id)
	in := kind.APIRequest{HTTPRequest: request(r, body), Principal: who, Operation: operation(r, body)}
	out, known := e.Service(r.Context(), c.service, in)
	if !known {
		refuse("UnknownService", "The embedded sandbox has no service %s: it has what the kinds of its shelf bring.", c.service).write(w, r, c.service, id)
		return
	}
	respond(w, r, out)
}

// preflight tells a browser's question before a page of this machine uses a presigned address. It cannot be signed, and
// changes nothing: the bucket's CORS configuration answers it.
func preflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// admit tells who sent the request and gives its body. Nobody without a key makes us read more than the head.
func (e *Endpoint) admit(w http.ResponseWriter, r *http.Request) (claim, kind.Principal, []byte, *refusal) {
	c, refused := readClaim(r)
	if refused != nil {
		return c, kind.Principal{}, nil, refused
	}
	k, refused := e.check(r, c)
	if refused != nil {
		return c, kind.Principal{}, nil, refused
	}
	body, refused := read(w, r, c)
	if refused == nil {
		body, refused = e.verify(r, c, k.Secret, body)
	}
	return c, k.who, body, refused
}

// read reads the body: no more than the service takes.
func read(w http.ResponseWriter, r *http.Request, c claim) ([]byte, *refusal) {
	limit := int64(maxBody)
	if c.service == "s3" {
		limit = maxObject
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		code := "RequestEntityTooLargeException"
		if c.service == "s3" {
			code = "EntityTooLarge"
		}
		return nil, refuse(code, "The embedded sandbox takes at most %d MB at once.", limit>>20)
	}
	if err != nil {
		return nil, refuse("IncompleteBody", "The request body ended early.")
	}
	return body, nil
}

func (e *Endpoint) recovered(w http.ResponseWriter, r *http.Request, service, id string) {
	if p := recover(); p != nil {
		e.Failed("the simulation of %s failed unexpectedly: %v\n%s", service, p, debug.Stack())
		(&refusal{http.StatusInternalServerError, "InternalFailure", "The simulation of this service failed unexpectedly."}).write(w, r, service, id)
	}
}

// operation is the API operation, where the protocol names it.
func operation(r *http.Request, body []byte) string {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return target[strings.LastIndexByte(target, '.')+1:]
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		if form, err := url.ParseQuery(string(body)); err == nil && form.Get("Action") != "" {
			return form.Get("Action")
		}
	}
	return r.URL.Query().Get("Action")
}

// request is an HTTP request as a value.
func request(r *http.Request, body []byte) kind.HTTPRequest {
	return kind.HTTPRequest{Method: r.Method, Scheme: "http", Host: r.Host, Path: r.URL.Path, RawPath: r.URL.EscapedPath(), Query: r.URL.RawQuery,
		Header: r.Header, Body: body, Remote: r.RemoteAddr}
}

// respond writes a response given as a value.
func respond(w http.ResponseWriter, r *http.Request, out kind.HTTPResponse) {
	h := w.Header()
	for name, values := range out.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	// The answer to HEAD tells the length of what it leaves out.
	if h.Get("Content-Length") == "" && out.Status != http.StatusNoContent && out.Status != http.StatusNotModified && r.Method != http.MethodHead {
		h.Set("Content-Length", strconv.Itoa(len(out.Body)))
	}
	status := out.Status
	if status < 100 || status > 999 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(out.Body)
	}
}
