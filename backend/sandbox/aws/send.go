package aws

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

const maxAnswer = 20 << 20 // bytes; Lambda's own limit is 6 MB, an API's 10 MB

// Call sends a request value: signed to an AWS service, or plain to a public address.
func (s *Sandbox) Call(ctx context.Context, r kind.Request) (sandbox.Response, error) {
	r, err := r.Tokened(s.deps.NewID())
	if err != nil {
		return sandbox.Response{}, err
	}
	if r.Sign != nil {
		secret, err := s.secret(ctx, r.Secret)
		if err != nil {
			return sandbox.Response{}, err
		}
		r.Sign(secret, s.deps.Now(), &r)
	}
	return s.send(ctx, r)
}

func (s *Sandbox) secret(ctx context.Context, arn string) (string, error) {
	body, err := json.Marshal(map[string]string{"SecretId": arn})
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "asking for the secret")
	}
	res, err := s.send(ctx, kind.Request{Service: "secretsmanager", Method: http.MethodPost, Path: "/", Body: body,
		Header: map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.GetSecretValue"}})
	if err != nil {
		return "", err
	}
	var out struct{ SecretString string }
	if res.Status != http.StatusOK || json.Unmarshal(res.Body, &out) != nil {
		return "", fault.New(fault.Denied, "the secret %s cannot be read (%d)", arn, res.Status).At(s.deps.Name).Try("set its value, and check your own permissions")
	}
	return out.SecretString, nil
}

func (s *Sandbox) send(ctx context.Context, r kind.Request) (sandbox.Response, error) {
	address := "https://" + r.Host
	if r.Scheme != "" && r.Host != "" {
		address = r.Scheme + "://" + r.Host
	}
	if r.Service != "" && r.Host == "" {
		address = s.serviceAddress(r.Service)
	}
	address += r.Path
	if r.Query != "" {
		address += "?" + r.Query
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, address, bytes.NewReader(r.Body))
	if err != nil {
		return sandbox.Response{}, fault.Wrap(err, fault.Invalid, "making the request").At(s.deps.Name)
	}
	for k, v := range r.Header {
		req.Header.Set(k, v)
	}
	if r.Service != "" {
		creds, err := s.cfg.Credentials.Retrieve(ctx)
		if err != nil {
			return sandbox.Response{}, s.told("reading your credentials", err)
		}
		sum := sha256.Sum256(r.Body)
		if err := v4.NewSigner().SignHTTP(ctx, creds, req, hex.EncodeToString(sum[:]), r.Service, s.cfg.Region, s.deps.Now()); err != nil {
			return sandbox.Response{}, fault.Wrap(err, fault.Internal, "signing the request")
		}
	}
	began := s.deps.Now()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return sandbox.Response{}, fault.Wrap(err, fault.Unavailable, "calling %s", req.URL.Host).At(s.deps.Name).Try("check the network")
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return sandbox.Response{}, fault.Wrap(err, fault.Unavailable, "reading the answer of %s", req.URL.Host).At(s.deps.Name)
	}
	out := sandbox.Response{Status: res.StatusCode, Header: map[string]string{}, Body: body, Error: res.Header.Get("X-Amz-Function-Error"), Duration: s.deps.Now().Sub(began)}
	for k, v := range res.Header {
		out.Header[k] = strings.Join(v, ", ")
	}
	if tail, err := base64.StdEncoding.DecodeString(res.Header.Get("X-Amz-Log-Result")); err == nil {
		out.LogTail = string(tail)
	}
	return out, nil
}

// serviceAddress is a service's regional endpoint, or the one that the sandbox names for all of them.
func (s *Sandbox) serviceAddress(service string) string {
	if e := s.deps.Config["endpoint"]; e != "" {
		return strings.TrimSuffix(e, "/")
	}
	suffix := ".amazonaws.com"
	if strings.HasPrefix(s.cfg.Region, "cn-") {
		suffix += ".cn"
	}
	if service == "cloudfront" { // one for the whole world
		return "https://cloudfront" + suffix
	}
	return "https://" + service + "." + s.cfg.Region + suffix
}
