package local

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

// Call implements sandbox.Sandbox: a request to an AWS API as the owner, or a plain one to an address or a simulated host.
func (s *Sandbox) Call(ctx context.Context, r kind.Request) (sandbox.Response, error) {
	if !s.exists() {
		return sandbox.Response{}, nothing()
	}
	h, other, err := s.hold()
	if err != nil {
		return sandbox.Response{}, err
	}
	send := func(r kind.Request) (sandbox.Response, error) { return s.send(ctx, h, r) }
	if other != nil {
		send = func(r kind.Request) (sandbox.Response, error) { return other.call(ctx, r) }
	}
	if r.Sign != nil { // it is a function, and stays in this process
		secret, err := secretValue(r.Secret, send)
		if err != nil {
			return sandbox.Response{}, err
		}
		r.Sign(secret, s.Now(), &r)
		r.Secret, r.Sign = "", nil
	}
	start := s.Now()
	out, err := send(r)
	out.Duration = s.Now().Sub(start)
	return out, err
}

// send sends a request to what runs in this process.
func (s *Sandbox) send(ctx context.Context, h *held, r kind.Request) (sandbox.Response, error) {
	if h.empty() {
		return sandbox.Response{}, nothing()
	}
	if err := s.ready(h); err != nil {
		return sandbox.Response{}, err
	}
	var out kind.HTTPResponse
	var err error
	if r.Service != "" {
		out, err = h.ask(ctx, r)
	} else {
		out, err = h.fetch(ctx, r)
	}
	if err != nil {
		return sandbox.Response{}, err
	}
	res := sandbox.Response{Status: out.Status, Header: map[string]string{}, Body: out.Body}
	for name, values := range out.Header {
		res.Header[http.CanonicalHeaderKey(name)] = strings.Join(values, ", ")
	}
	// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
	res.Error = res.Header["X-Amz-Function-Error"]
	if tail, err := base64.StdEncoding.DecodeString(res.Header["X-Amz-Log-Result"]); err == nil {
		res.LogTail = string(tail)
	}
	return res, nil
}

// ask sends a request to an AWS API as the owner. It does not leave the process, so there is nothing to be signed.
func (h *held) ask(ctx context.Context, r kind.Request) (out kind.HTTPResponse, err error) {
	in := kind.APIRequest{HTTPRequest: h.request(r), Principal: kind.Principal{Owner: true}}
	in.Host = strings.TrimPrefix(h.world.Endpoint(), "http://")
	if target := in.Get("X-Amz-Target"); target != "" {
		in.Operation = target[strings.LastIndexByte(target, '.')+1:]
	} else if form, err := url.ParseQuery(string(r.Body)); err == nil && strings.HasPrefix(in.Get("Content-Type"), "application/x-www-form-urlencoded") {
		in.Operation = form.Get("Action")
	}
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.Internal, "the simulation of %s failed unexpectedly: %v", r.Service, p)
		}
	}()
	out, ok := h.world.Serve(ctx, r.Service, in)
	if !ok {
		return out, fault.New(fault.Unsupported, "the embedded sandbox has no service %s", r.Service)
	}
	return out, nil
}

func (h *held) request(r kind.Request) kind.HTTPRequest {
	in := kind.HTTPRequest{Method: r.Method, Scheme: r.Scheme, Host: r.Host, Path: r.Path, RawPath: r.Path, Query: r.Query, Header: http.Header{}, Body: r.Body, Remote: "127.0.0.1:0"}
	if decoded, err := url.PathUnescape(r.Path); err == nil {
		in.Path = decoded
	}
	for name, value := range r.Header {
		in.Header[http.CanonicalHeaderKey(name)] = []string{value}
	}
	return in
}

// newClient makes a client for addresses of this machine, which goes past any proxy and follows nothing.
func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{Proxy: nil, DialContext: loopback, MaxIdleConnsPerHost: 16},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func loopback(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host != "127.0.0.1" && host != "localhost" {
		return nil, errors.New("the embedded sandbox never uses the network")
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp4", "127.0.0.1:"+port)
}

// fetch sends a plain request: over HTTP to an address of this machine, as any client does, else to a simulated host.
func (h *held) fetch(ctx context.Context, r kind.Request) (kind.HTTPResponse, error) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if host != "127.0.0.1" && host != "localhost" {
		return h.world.Fetch(ctx, h.request(r))
	}
	u := "http://" + r.Host + r.Path
	if r.Query != "" {
		u += "?" + r.Query
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, u, bytes.NewReader(r.Body))
	if err != nil {
		return kind.HTTPResponse{}, fault.Wrap(err, fault.Invalid, "making the request")
	}
	for name, value := range r.Header {
		req.Header.Set(name, value)
	}
	res, err := h.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return kind.HTTPResponse{}, fault.Wrap(err, fault.Canceled, "calling %s", u)
		}
		return kind.HTTPResponse{}, fault.Wrap(err, fault.Unavailable, "calling %s", u)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return kind.HTTPResponse{}, fault.Wrap(err, fault.Unavailable, "reading the answer of %s", u)
	}
	return kind.HTTPResponse{Status: res.StatusCode, Header: res.Header, Body: body}, nil
}
