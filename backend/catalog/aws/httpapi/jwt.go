package httpapi

import (
	"context"
	"crypto"
	"crypto/rsa"
	_ "crypto/sha256" // the hashes of RS256, RS384 and RS512
	_ "crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// keysFor is how long API Gateway keeps an issuer's keys.
const keysFor = 2 * time.Hour

// keySet are the public keys of an issuer, by key id.
type keySet struct {
	keys map[string]*rsa.PublicKey
	at   time.Time
}

// Why a caller is turned away.
var (
	errNoToken = errors.New("the request has no token")
	errNoScope = errors.New("the token has none of the route's scopes")
)

type invalidToken struct{ why string }

func (e invalidToken) Error() string { return e.why }

// refusal is what a caller without a valid token gets.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html
func refusal(why error, to route) kind.HTTPResponse {
	out, challenge := problem(401, "Unauthorized"), "Bearer"
	scopes := strings.Join(textsOf(to.in.Properties["AuthorizationScopes"]), " ")
	var invalid invalidToken
	switch {
	case errors.Is(why, errNoScope):
		out = problem(403, "Forbidden")
		challenge = fmt.Sprintf(`Bearer scope="%s" error="insufficient_scope" error_description="the token does not have sufficient scopes"`, scopes)
	case errors.As(why, &invalid):
		challenge = fmt.Sprintf(`Bearer scope="%s" error="invalid_token" error_description="%s"`, scopes, invalid.why)
	}
	out.Header["Www-Authenticate"] = []string{challenge}
	return out
}

// authorize checks the token of a request in the steps that API Gateway documents: signature, then claims, then scopes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
func (g *gateway) authorize(ctx context.Context, w kind.World, to route, r kind.HTTPRequest) (*authorizerIn, error) {
	a, ok := w.Lookup(authorizerType, property.Text(to.in.Properties, "AuthorizerId"))
	if !ok {
		return nil, fault.New(fault.NotFound, "the route's authorizer does not exist")
	}
	raw := token(a, r)
	if raw == "" {
		return nil, errNoToken
	}
	config, _ := a.Properties["JwtConfiguration"].(map[string]any)
	claims, err := g.verify(ctx, w, raw, property.Text(config, "Issuer"), textsOf(config["Audience"]))
	if err != nil {
		return nil, err
	}
	who := &authorizerIn{jwtIn{Claims: map[string]string{}}}
	for name, v := range claims {
		who.JWT.Claims[name] = fmt.Sprint(v) // lists as "[a b]": so API Gateway prints them
	}
	if wanted := textsOf(to.in.Properties["AuthorizationScopes"]); len(wanted) > 0 {
		granted := scopesOf(claims)
		who.JWT.Scopes = slices.DeleteFunc(wanted, func(s string) bool { return !slices.Contains(granted, s) })
		if len(who.JWT.Scopes) == 0 {
			return nil, errNoScope
		}
	}
	return who, nil
}

// token is the first token that the authorizer's identity sources name.
func token(a kind.Instance, r kind.HTTPRequest) string {
	for _, source := range textsOf(a.Properties["IdentitySource"]) {
		found := ""
		switch where, name := identitySource(source); where {
		case "header":
			found = r.Get(textproto.CanonicalMIMEHeaderKey(name))
		case "querystring":
			found = query(r.Query)[name]
		}
		if scheme, rest, ok := strings.Cut(found, " "); ok && strings.EqualFold(scheme, "Bearer") {
			found = rest
		}
		if found = strings.TrimSpace(found); found != "" {
			return found
		}
	}
	return ""
}

// identitySource reads "$request.header.Authorization".
func identitySource(s string) (where, name string) {
	rest, ok := strings.CutPrefix(s, "$request.")
	where, name, _ = strings.Cut(rest, ".")
	if !ok || where != "header" && where != "querystring" {
		return "", ""
	}
	return where, name
}

func (g *gateway) verify(ctx context.Context, w kind.World, raw, issuer string, audience []string) (map[string]any, error) {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return nil, invalidToken{"the token has an invalid number of segments"}
	}
	var header struct{ Alg, Kid string }
	var claims map[string]any
	if decode(parts[0], &header) != nil || decode(parts[1], &claims) != nil {
		return nil, invalidToken{"the token cannot be decoded"}
	}
	hash, ok := map[string]crypto.Hash{"RS256": crypto.SHA256, "RS384": crypto.SHA384, "RS512": crypto.SHA512}[header.Alg]
	if !ok {
		return nil, invalidToken{"the token's signing method is not supported"}
	}
	if property.Text(claims, "iss") != issuer { // before asking anybody for keys
		return nil, invalidToken{"the token does not have a valid issuer"}
	}
	key, err := g.key(ctx, w, issuer, header.Kid)
	if err != nil {
		return nil, err
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, invalidToken{"the token cannot be decoded"}
	}
	h := hash.New()
	h.Write([]byte(parts[0] + "." + parts[1]))
	if rsa.VerifyPKCS1v15(key, hash, h.Sum(nil), signature) != nil {
		return nil, invalidToken{"the token's signature is not valid"}
	}
	return claims, validate(claims, audience, w.Now())
}

// validate checks what a genuine token says.
func validate(claims map[string]any, audience []string, now time.Time) error {
	named := textsOf(claims["aud"])
	if claims["aud"] == nil {
		named = textsOf(claims["client_id"])
	}
	if !slices.ContainsFunc(named, func(s string) bool { return slices.Contains(audience, s) }) {
		return invalidToken{"the token does not have a valid audience"}
	}
	until, ok := moment(claims["exp"])
	if !ok || !now.Before(until) {
		return invalidToken{"the token has expired"}
	}
	for _, claim := range []string{"nbf", "iat"} {
		if from, ok := moment(claims[claim]); claims[claim] != nil && (!ok || now.Before(from)) {
			return invalidToken{"the token is not valid yet"}
		}
	}
	return nil
}

func moment(v any) (time.Time, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return time.Time{}, false
	}
	seconds, err := n.Float64()
	return time.Unix(int64(seconds), 0), err == nil
}

func scopesOf(claims map[string]any) []string {
	for _, name := range []string{"scope", "scp"} {
		if s, ok := claims[name].(string); ok {
			return strings.Fields(s)
		}
		if l, ok := claims[name].([]any); ok {
			return textsOf(l)
		}
	}
	return nil
}

// key is the issuer's key with an id. Keys are asked for again when they are old, or when a token names one that is not known.
func (g *gateway) key(ctx context.Context, w kind.World, issuer, id string) (*rsa.PublicKey, error) {
	g.mu.Lock()
	set := g.issuers[issuer]
	g.mu.Unlock()
	if set.keys[id] == nil || w.Now().Sub(set.at) > keysFor {
		keys, err := fetchKeys(ctx, w, issuer)
		if err != nil {
			return nil, err
		}
		set = keySet{keys, w.Now()}
		g.mu.Lock()
		g.issuers[issuer] = set
		g.mu.Unlock()
	}
	if set.keys[id] == nil {
		return nil, invalidToken{"the token's key is not known to the issuer"}
	}
	return set.keys[id], nil
}

// fetchKeys reads an issuer's keys by OpenID Connect Discovery.
// https://openid.net/specs/openid-connect-discovery-1_0.html
func fetchKeys(ctx context.Context, w kind.World, issuer string) (map[string]*rsa.PublicKey, error) {
	var discovery struct {
		Keys string `json:"jwks_uri"`
	}
	if err := fetch(ctx, w, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", &discovery); err != nil {
		return nil, err
	}
	var set struct {
		Keys []struct{ Kty, Kid, N, E string }
	}
	if err := fetch(ctx, w, discovery.Keys, &set); err != nil {
		return nil, err
	}
	keys := map[string]*rsa.PublicKey{}
	for _, k := range set.Keys {
		n, errN := base64.RawURLEncoding.DecodeString(k.N)
		e, errE := base64.RawURLEncoding.DecodeString(k.E)
		if k.Kty == "RSA" && errN == nil && errE == nil && len(e) <= 4 {
			keys[k.Kid] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		}
	}
	return keys, nil
}

func fetch(ctx context.Context, w kind.World, address string, into any) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return fault.New(fault.Invalid, "the issuer names the address %q", address)
	}
	r, err := w.Fetch(ctx, kind.HTTPRequest{Method: "GET", Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.EscapedPath(), Query: u.RawQuery})
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "asking %s for its keys", u.Host)
	}
	if r.Status != 200 || json.Unmarshal(r.Body, into) != nil {
		return fault.New(fault.Unavailable, "asking %s for its keys: it answers %d", u.Host, r.Status)
	}
	return nil
}

func decode(part string, into any) error {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	return d.Decode(into)
}
