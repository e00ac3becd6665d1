package auth0

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

const tenant = "example.eu.auth0.com"

// ask sends a request to the tenant and reads the answer.
func ask(t *testing.T, w *kindtest.World, method, path, contentType, body string) (int, map[string]any) {
	t.Helper()
	r, err := w.Fetch(context.Background(), kind.HTTPRequest{Method: method, Scheme: "https", Host: tenant, Path: path, Header: map[string][]string{"Content-Type": {contentType}}, Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(r.Body, &out); err != nil {
		t.Fatalf("%s: %v", r.Body, err)
	}
	return r.Status, out
}

// claims checks a token's signature against the tenant's published keys and gives what it says.
func claims(t *testing.T, w *kindtest.World, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: %q", token)
	}
	read := func(s string, into any) []byte {
		raw, err := base64.RawURLEncoding.DecodeString(s)
		if err == nil && into != nil {
			err = json.Unmarshal(raw, into)
		}
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	var header map[string]string
	read(parts[0], &header)
	_, set := ask(t, w, "GET", "/.well-known/jwks.json", "", "")
	key := set["keys"].([]any)[0].(map[string]any)
	if header["alg"] != "RS256" || header["kid"] != key["kid"] {
		t.Errorf("header %v, key %v", header, key)
	}
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(read(key["n"].(string), nil)), E: int(new(big.Int).SetBytes(read(key["e"].(string), nil)).Int64())}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], read(parts[2], nil)); err != nil {
		t.Error("the signature is wrong:", err)
	}
	var out map[string]any
	read(parts[1], &out)
	return out
}

func TestTokens(t *testing.T) {
	w := kindtest.New(Kind{}.Simulate())
	for _, c := range []struct{ contentType, body, sub, scope string }{
		{"application/json", `{"grant_type":"password","username":"ada","audience":"orders","scope":"read:orders admin","client_id":"spa"}`, "auth0|ada", "read:orders admin"},
		{"application/json", `{"grant_type":"password","username":"google-oauth2|7","audience":"orders"}`, "google-oauth2|7", ""},
		{"application/x-www-form-urlencoded", `grant_type=client_credentials&client_id=robot&client_secret=x&audience=orders`, "robot@clients", ""},
	} {
		status, out := ask(t, w, "POST", "/oauth/token", c.contentType, c.body)
		if status != 200 || out["token_type"] != "Bearer" || out["expires_in"] != 86400.0 {
			t.Fatalf("%s: %d %v", c.body, status, out)
		}
		got := claims(t, w, out["access_token"].(string))
		scope, _ := got["scope"].(string)
		now := float64(w.Now().Unix())
		if got["iss"] != "https://example.eu.auth0.com/" || got["aud"] != "orders" || got["sub"] != c.sub || scope != c.scope || got["iat"] != now || got["exp"] != now+86400 {
			t.Errorf("%s: %v", c.body, got)
		}
	}
	for body, code := range map[string]string{
		`{"grant_type":"password","username":"ada"}`:                 "access_denied",
		`{"grant_type":"password","audience":"orders"}`:              "invalid_grant",
		`{"grant_type":"client_credentials","audience":"orders"}`:    "access_denied",
		`{"grant_type":"authorization_code","audience":"orders"}`:    "unsupported_grant_type",
		`{"audience":"orders","grant_type":{"a":"b"},"username":""}`: "unsupported_grant_type",
		`no JSON`: "invalid_request",
	} {
		if status, out := ask(t, w, "POST", "/oauth/token", "application/json", body); status < 400 || out["error"] != code {
			t.Errorf("%s: %d %v", body, status, out)
		}
	}
}

func TestDiscovery(t *testing.T) {
	w := kindtest.New(Kind{}.Simulate())
	status, out := ask(t, w, "GET", "/.well-known/openid-configuration", "", "")
	if status != 200 || out["issuer"] != "https://example.eu.auth0.com/" || out["jwks_uri"] != "https://example.eu.auth0.com/.well-known/jwks.json" {
		t.Error(status, out)
	}
	if status, out := ask(t, w, "GET", "/authorize", "", ""); status != 404 || !strings.Contains(out["error_description"].(string), "/authorize") {
		t.Error(status, out)
	}
	if _, err := w.Fetch(t.Context(), kind.HTTPRequest{Host: "auth0.com.evil.example"}); err == nil {
		t.Error("another host answers")
	}
}

func TestTheKeyOutlivesARestartAndIsTheTenantsOwn(t *testing.T) {
	w := kindtest.New(Kind{}.Simulate())
	first, second := &tenants{keys: map[string]*rsa.PrivateKey{}}, &tenants{keys: map[string]*rsa.PrivateKey{}}
	a, errA := first.key(w, tenant)
	b, errB := second.key(w, tenant)
	c, errC := first.key(w, "other.auth0.com")
	if errA != nil || errB != nil || errC != nil {
		t.Fatal(errA, errB, errC)
	}
	if !a.Equal(b) || a.Equal(c) {
		t.Error("keys are not kept by tenant")
	}
}

func TestCall(t *testing.T) {
	w := kindtest.New(Kind{}.Simulate())
	target := kind.Target{Node: "login", Props: map[string]any{"domain": tenant, "audience": "orders", "clientId": "spa"}}
	for payload, sub := range map[string]string{``: "auth0|somebody", `{"sub":"auth0|ada","scope":"read:orders"}`: "auth0|ada", `{"grant_type":"client_credentials","client_id":"robot"}`: "robot@clients"} {
		r, err := Kind{}.Call(target, []byte(payload))
		if err != nil || r.Host != tenant || r.Scheme != "https" || r.Service != "" {
			t.Fatalf("%+v %v", r, err)
		}
		status, out := ask(t, w, r.Method, r.Path, r.Header["Content-Type"], string(r.Body))
		if status != 200 {
			t.Fatal(payload, out)
		}
		if got := claims(t, w, out["access_token"].(string)); got["sub"] != sub || got["aud"] != "orders" {
			t.Errorf("%s: %v", payload, got)
		}
	}
	for _, bad := range []kind.Target{{Node: "login"}, target} {
		if _, err := (Kind{}).Call(bad, []byte(`[]`)); err == nil {
			t.Errorf("%v is called", bad)
		}
	}
}
