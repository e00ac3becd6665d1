package auth0

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/url"
	"strings"
	"sync"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

const (
	// hostSuffix is what the domains of all tenants end in; hosts carry no node, so that the stub answers for every tenant.
	hostSuffix    = ".auth0.com"
	space         = "saas.auth0"
	passwordGrant = "password"
	lifetime      = 24 * time.Hour // Auth0's default for access tokens
)

// Simulate is an Auth0 that believes everybody: whoever asks gets a token for the subject and scopes asked for, signed with a
// key of the sandbox's own. Its answers have the form of Auth0's.
func (Kind) Simulate() kind.Simulation {
	t := &tenants{keys: map[string]*rsa.PrivateKey{}}
	return kind.Simulation{Hosts: []kind.Host{{Match: func(host string) bool { return strings.HasSuffix(host, hostSuffix) }, Serve: t.serve}}}
}

// tenants keep their keys at hand once they are read from the state.
type tenants struct {
	mu   sync.Mutex
	keys map[string]*rsa.PrivateKey // by stored form
}

func (t *tenants) serve(_ context.Context, w kind.World, r kind.HTTPRequest) kind.HTTPResponse {
	host := strings.ToLower(r.Host)
	switch r.Method + " " + r.Path {
	case "GET /.well-known/openid-configuration":
		iss := issuer(host)
		return answer(200, map[string]any{"issuer": iss, "jwks_uri": iss + ".well-known/jwks.json", "token_endpoint": iss + "oauth/token", "authorization_endpoint": iss + "authorize",
			"userinfo_endpoint": iss + "userinfo", "id_token_signing_alg_values_supported": []string{"RS256"}, "subject_types_supported": []string{"public"}, "response_types_supported": []string{"code"}})
	case "GET /.well-known/jwks.json":
		key, err := t.key(w, host)
		if err != nil {
			return refuse(500, "server_error", err.Error())
		}
		exponent := big.NewInt(int64(key.E)).Bytes()
		return answer(200, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid(key), "n": encode(key.N.Bytes()), "e": encode(exponent)}}})
	case "POST /oauth/token":
		return t.token(w, host, r)
	}
	return refuse(404, "not_found", "the embedded sandbox's Auth0 does not answer "+r.Method+" "+r.Path)
}

// token answers the token endpoint for the two grants that need no browser.
// https://auth0.com/docs/api/authentication/client-credential-flow/get-token
// https://auth0.com/docs/api/authentication/resource-owner-password-flow/get-token
func (t *tenants) token(w kind.World, host string, r kind.HTTPRequest) kind.HTTPResponse {
	ask, err := form(r)
	if err != nil {
		return refuse(400, "invalid_request", "the request's body is neither JSON nor a form")
	}
	if ask["audience"] == "" {
		return refuse(403, "access_denied", "the token request names no audience")
	}
	claims := map[string]any{"iss": issuer(host), "aud": ask["audience"], "iat": w.Now().Unix(), "exp": w.Now().Add(lifetime).Unix(), "gty": ask["grant_type"]}
	if ask["client_id"] != "" {
		claims["azp"] = ask["client_id"]
	}
	if ask["scope"] != "" {
		claims["scope"] = ask["scope"]
	}
	switch ask["grant_type"] {
	case "client_credentials":
		if ask["client_id"] == "" {
			return refuse(401, "access_denied", "the token request names no client_id")
		}
		claims["sub"], claims["gty"] = ask["client_id"]+"@clients", "client-credentials"
	case passwordGrant:
		if ask["username"] == "" {
			return refuse(403, "invalid_grant", "the token request names no username")
		}
		claims["sub"] = ask["username"]
		if !strings.Contains(ask["username"], "|") {
			claims["sub"] = "auth0|" + ask["username"]
		}
	default:
		return refuse(403, "unsupported_grant_type", "the embedded sandbox's Auth0 does not answer the grant type "+ask["grant_type"])
	}
	key, err := t.key(w, host)
	if err != nil {
		return refuse(500, "server_error", err.Error())
	}
	signed, err := sign(key, claims)
	if err != nil {
		return refuse(500, "server_error", err.Error())
	}
	out := map[string]any{"access_token": signed, "token_type": "Bearer", "expires_in": int(lifetime.Seconds())}
	if ask["scope"] != "" {
		out["scope"] = ask["scope"]
	}
	return answer(200, out)
}

// form reads a token request, which may be JSON or a form.
func form(r kind.HTTPRequest) (map[string]string, error) {
	out := map[string]string{}
	if strings.HasPrefix(r.Get("Content-Type"), "application/json") {
		var in map[string]any
		if err := json.Unmarshal(r.Body, &in); err != nil {
			return nil, err
		}
		for k, v := range in {
			out[k], _ = v.(string)
		}
		return out, nil
	}
	values, err := url.ParseQuery(string(r.Body))
	for k := range values {
		out[k] = values.Get(k)
	}
	return out, err
}

// key is the tenant's signing key, made when it is first needed and kept, so that tokens outlive a restart. Its randomness is
// the machine's: a key that can be foretold is none.
func (t *tenants) key(w kind.World, host string) (*rsa.PrivateKey, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	name := []byte("key\x00" + host)
	var stored []byte
	err := w.State(space).View(func(tx kind.Tx) error { stored = append(stored, tx.Get(name)...); return nil })
	if err != nil {
		return nil, err
	}
	if key := t.keys[string(stored)]; key != nil {
		return key, nil
	}
	if stored == nil {
		fresh, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "making a signing key")
		}
		stored = x509.MarshalPKCS1PrivateKey(fresh)
		if err := w.State(space).Update(func(tx kind.Tx) error { return tx.Put(name, stored) }); err != nil {
			return nil, err
		}
	}
	key, err := x509.ParsePKCS1PrivateKey(stored)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "reading the signing key")
	}
	t.keys[string(stored)] = key
	return key, nil
}

// sign makes a JWT (RFC 7519) with RS256 (RFC 7518, section 3.3).
func sign(key *rsa.PrivateKey, claims map[string]any) (string, error) {
	header, err := json.Marshal(map[string]string{"alg": "RS256", "typ": "JWT", "kid": kid(key)})
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	text := encode(header) + "." + encode(body)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	return text + "." + encode(signature), err
}

// kid names a key by what it is.
func kid(key *rsa.PrivateKey) string {
	sum := sha256.Sum256(key.N.Bytes())
	return encode(sum[:16])
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func answer(status int, v any) kind.HTTPResponse {
	body, err := json.Marshal(v)
	if err != nil {
		return refuse(500, "server_error", err.Error())
	}
	return kind.HTTPResponse{Status: status, Header: map[string][]string{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}}, Body: body}
}

func refuse(status int, code, description string) kind.HTTPResponse {
	return answer(status, map[string]string{"error": code, "error_description": description})
}
