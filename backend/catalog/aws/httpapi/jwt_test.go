package httpapi

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// signingKeys are made once: making one takes longer than all tests.
var signingKeys = sync.OnceValues(func() (*rsa.PrivateKey, *rsa.PrivateKey) {
	a, errA := rsa.GenerateKey(rand.Reader, 2048)
	b, errB := rsa.GenerateKey(rand.Reader, 2048)
	if errA != nil || errB != nil {
		panic("no keys")
	}
	return a, b
})

// issuer is an identity provider for tests.
type issuer struct {
	name    string
	keys    map[string]*rsa.PrivateKey
	fetched int
}

func newIssuer(*testing.T) *issuer {
	key, _ := signingKeys()
	return &issuer{name: "https://issuer.example/", keys: map[string]*rsa.PrivateKey{"first": key}}
}

func (i *issuer) simulation() kind.Simulation {
	return kind.Simulation{Hosts: []kind.Host{{Match: func(h string) bool { return h == "issuer.example" }, Serve: func(_ context.Context, _ kind.World, r kind.HTTPRequest) kind.HTTPResponse {
		i.fetched++
		var v any = map[string]any{"jwks_uri": i.name + "keys"}
		if r.Path == "/keys" {
			list := []any{map[string]any{"kty": "EC", "kid": "elliptic"}}
			for id, k := range i.keys {
				list = append(list, map[string]any{"kty": "RSA", "kid": id, "n": b64(k.N.Bytes()), "e": b64(big.NewInt(int64(k.E)).Bytes())})
			}
			v = map[string]any{"keys": list}
		}
		body, err := json.Marshal(v)
		if err != nil {
			return kind.HTTPResponse{Status: 500}
		}
		return kind.HTTPResponse{Status: 200, Body: body}
	}}}}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func sign(t *testing.T, key *rsa.PrivateKey, header, claims map[string]any) string {
	t.Helper()
	h, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	c, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	text := b64(h) + "." + b64(c)
	hash := map[any]crypto.Hash{"RS512": crypto.SHA512}[header["alg"]]
	if hash == 0 {
		hash = crypto.SHA256
	}
	sum := hash.New()
	sum.Write([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, key, hash, sum.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + b64(signature)
}

func TestTokens(t *testing.T) {
	good, other := signingKeys()
	now := float64(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Unix())
	header := map[string]any{"alg": "RS256", "kid": "first"}
	claims := func(change map[string]any) map[string]any {
		m := map[string]any{"iss": "https://issuer.example/", "sub": "ada", "aud": "orders", "exp": now + 60, "iat": now, "scope": "read:orders profile"}
		for k, v := range change {
			if m[k] = v; v == nil {
				delete(m, k)
			}
		}
		return m
	}
	with := func(m map[string]any, k string, v any) map[string]any { m = maps.Clone(m); m[k] = v; return m }
	for name, c := range map[string]struct {
		token  string
		status int
		says   string
	}{
		"good":                         {sign(t, good, header, claims(nil)), 200, ""},
		"good, RS512":                  {sign(t, good, with(header, "alg", "RS512"), claims(nil)), 200, ""},
		"good, one of many audiences":  {sign(t, good, header, claims(map[string]any{"aud": []string{"else", "orders"}})), 200, ""},
		"good, by client id":           {sign(t, good, header, claims(map[string]any{"aud": nil, "client_id": "orders"})), 200, ""},
		"good, scp":                    {sign(t, good, header, claims(map[string]any{"scope": nil, "scp": []string{"read:orders"}})), 200, ""},
		"none":                         {"", 401, "Bearer"},
		"no JWT":                       {"token", 401, "segments"},
		"no base64":                    {"a.b.c", 401, "decoded"},
		"another key":                  {sign(t, other, header, claims(nil)), 401, "signature"},
		"unknown key":                  {sign(t, good, with(header, "kid", "second"), claims(nil)), 401, "key"},
		"no key":                       {sign(t, good, map[string]any{"alg": "RS256"}, claims(nil)), 401, "key"},
		"no algorithm":                 {sign(t, good, with(header, "alg", "none"), claims(nil)), 401, "signing method"},
		"symmetric":                    {sign(t, good, with(header, "alg", "HS256"), claims(nil)), 401, "signing method"},
		"another issuer":               {sign(t, good, header, claims(map[string]any{"iss": "https://evil.example/"})), 401, "issuer"},
		"another audience":             {sign(t, good, header, claims(map[string]any{"aud": "else"})), 401, "audience"},
		"aud counts before client_id":  {sign(t, good, header, claims(map[string]any{"aud": "else", "client_id": "orders"})), 401, "audience"},
		"no audience":                  {sign(t, good, header, claims(map[string]any{"aud": nil})), 401, "audience"},
		"expired":                      {sign(t, good, header, claims(map[string]any{"exp": now})), 401, "expired"},
		"without end":                  {sign(t, good, header, claims(map[string]any{"exp": nil})), 401, "expired"},
		"expires in words":             {sign(t, good, header, claims(map[string]any{"exp": "tomorrow"})), 401, "expired"},
		"not yet":                      {sign(t, good, header, claims(map[string]any{"nbf": now + 5})), 401, "not valid yet"},
		"issued in the future":         {sign(t, good, header, claims(map[string]any{"iat": now + 5})), 401, "not valid yet"},
		"without the scope":            {sign(t, good, header, claims(map[string]any{"scope": "profile"})), 403, "insufficient_scope"},
		"without any scope":            {sign(t, good, header, claims(map[string]any{"scope": nil})), 403, "insufficient_scope"},
		"body changed, signature kept": {tamper(sign(t, good, header, claims(nil))), 401, "signature"},
		"signature is no base64":       {sign(t, good, header, claims(nil)) + "!", 401, "decoded"},
		"another scheme":               {"bare " + sign(t, good, header, claims(nil)), 401, "decoded"},
	} {
		d := deploy(t, nil, "GET / jwt read:orders admin")
		header := map[string][]string{}
		if c.token != "" {
			header["Authorization"] = []string{"Bearer " + c.token}
		}
		r := d.ask("GET /", header)
		body := map[int]string{200: "hello", 401: `{"message":"Unauthorized"}`, 403: `{"message":"Forbidden"}`}[c.status]
		if r.Status != c.status || string(r.Body) != body || !strings.Contains(strings.Join(r.Header["Www-Authenticate"], ""), c.says) {
			t.Errorf("%s: %d %s %v", name, r.Status, r.Body, r.Header["Www-Authenticate"])
		}
		if invoked := d.got.Function != ""; invoked != (c.status == 200) {
			t.Errorf("%s: the function was invoked: %v", name, invoked)
		}
	}
}

// tamper puts another subject into a token.
func tamper(token string) string {
	parts := strings.Split(token, ".")
	claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
	parts[1] = b64([]byte(strings.Replace(string(claims), "ada", "eve", 1)))
	return strings.Join(parts, ".")
}

func TestTheFunctionSeesTheClaims(t *testing.T) {
	d := deploy(t, nil, "GET / jwt read:orders admin", "GET /any jwt")
	key, _ := signingKeys()
	token := sign(t, key, map[string]any{"alg": "RS256", "kid": "first"}, map[string]any{"iss": "https://issuer.example/", "sub": "ada", "aud": []string{"orders", "profile"}, "exp": 1900000000, "scope": "read:orders x",
		"admin": true, "share": 0.5})
	header := map[string][]string{"Authorization": {token}}
	for path, scopes := range map[string]string{"/": `["read:orders"]`, "/any": "null"} {
		want(t, d.ask("GET "+path, header), 200, "hello")
		if text := `"authorizer":{"jwt":{"claims":{"admin":"true","aud":"[orders profile]","exp":"1900000000","iss":"https://issuer.example/","scope":"read:orders x","share":"0.5","sub":"ada"},"scopes":` + scopes + `}}`; !strings.Contains(string(d.got.Payload), text) {
			t.Errorf("%s\nhas not %s", d.got.Payload, text)
		}
	}
}

func TestKeysAreKeptForTwoHoursAndAskedForWhenUnknown(t *testing.T) {
	first, second := signingKeys()
	i := newIssuer(t)
	d := deployWith(t, i, nil, "GET / jwt")
	token := func(key *rsa.PrivateKey, id string) map[string][]string {
		return map[string][]string{"Authorization": {"Bearer " + sign(t, key, map[string]any{"alg": "RS256", "kid": id}, map[string]any{"iss": i.name, "aud": "orders", "exp": 1900000000})}}
	}
	ask := func(status, fetched int, header map[string][]string) {
		t.Helper()
		if r := d.ask("GET /", header); r.Status != status || i.fetched != fetched {
			t.Errorf("%d after %d requests to the issuer, want %d after %d", r.Status, i.fetched, status, fetched)
		}
	}
	ask(200, 2, token(first, "first"))
	ask(200, 2, token(first, "first"))
	i.keys = map[string]*rsa.PrivateKey{"second": second}
	ask(200, 2, token(first, "first"))
	ask(200, 4, token(second, "second"))
	ask(401, 6, token(first, "first"))
	d.Advance(keysFor + time.Second)
	ask(200, 8, token(second, "second"))
}

func TestAnIssuerThatDoesNotAnswerIsSaid(t *testing.T) {
	d := deploy(t, nil, "GET / jwt")
	a := d.Instances(authorizerType)[0]
	a.Properties["JwtConfiguration"] = map[string]any{"Issuer": "https://login.example.com/", "Audience": []any{"orders"}}
	d.Put(a)
	key, _ := signingKeys()
	token := sign(t, key, map[string]any{"alg": "RS256", "kid": "first"}, map[string]any{"iss": "https://login.example.com/", "aud": "orders", "exp": 1900000000})
	want(t, d.ask("GET /", map[string][]string{"Authorization": {"Bearer " + token}}), 401, `{"message":"Unauthorized"}`)
	if lines := strings.Join(d.Lines(), "\n"); !strings.Contains(lines, "asking login.example.com for its keys") {
		t.Error(lines)
	}
	if fault.CodeOf(d.Delete(t.Context(), d.api)) != "" {
		t.Error("the API cannot be deleted")
	}
}
