// Package auth0 is the kind saas.auth0: a tenant of Auth0 that signs people in. It emits no resource; its wires tell an API
// whose tokens to accept and a client where to sign in. kind.go says what it is, simulate.go is the tenant offline. It
// imports kind, design and fault only.
package auth0

import (
	_ "embed"
	"strings"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the tenant's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.CallTarget = Kind{}
	_ kind.Simulator  = Kind{}
	_ kind.Caller     = Kind{}
	_ kind.Checker    = Kind{}
)

const (
	docDomain   = "https://auth0.com/docs/get-started/auth0-overview/create-tenants"
	docAudience = "https://auth0.com/docs/get-started/apis/api-settings"
	docClient   = "https://auth0.com/docs/get-started/applications/application-settings"
)

// Spec describes the tenant.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "saas.auth0", Title: "Auth0", Noun: "auth0", Category: "Third party",
		Summary:  "Signs people in: an API accepts its tokens, a web client sends people to its login",
		Keywords: []string{"login", "identity", "jwt", "oidc", "oauth", "sign in", "authorizer", "okta"},
		Icon:     icon, Help: help, Doc: "https://auth0.com/docs", Shape: kind.Box, Callable: true, Sample: `{"sub": "auth0|ada", "scope": "read:orders"}`,
		Fields: []kind.Field{
			{Name: "domain", Title: "Domain", Type: kind.Text, Required: true, Doc: docDomain, Pattern: `[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+`,
				Help: "Of the tenant: example.eu.auth0.com, or its custom domain."},
			{Name: "audience", Title: "Audience", Type: kind.Text, Required: true, Doc: docAudience, Pattern: `[!-~]{1,600}`,
				Help: "Identifier of the API as registered at Auth0: https://orders.example.com. Tokens for anything else are rejected."},
			{Name: "clientId", Title: "Client ID", Type: kind.Text, Doc: docClient, Pattern: `[A-Za-z0-9_-]{1,64}`,
				Help: "Of the single-page application at Auth0; a web client needs it, and it is no secret."},
		},
		Ports: []kind.Port{
			{ID: "in", Title: "Relied on by", Dir: kind.In, Speaks: []kind.Speak{{Protocol: kind.Call, Access: []string{"verify", "login"}}}},
		},
	}
}

// Emit adds nothing: the tenant lives at Auth0.
func (Kind) Emit(*kind.Scope) error { return nil }

// Grant tells an API or a function whose tokens to accept, or a client where people sign in. Neither needs a permission: what is
// told is public.
func (Kind) Grant(w *kind.Wire) (kind.Grant, error) {
	domain, audience := w.To.String("domain"), w.To.String("audience")
	if w.Edge.Access == "login" {
		client := w.To.String("clientId")
		if client == "" {
			w.To.Find(fault.Blocking, "auth0-client", "clientId", "copy it from the application at Auth0", "%s lets people sign in at %s, which needs a client id", w.From.Node.Name, w.To.Node.Name)
		}
		return kind.Grant{ARN: issuer(domain), Variables: map[string]any{"DOMAIN": domain, "CLIENT_ID": client, "AUDIENCE": audience},
			Settings: map[string]any{"domain": domain, "clientId": client, "audience": audience}}, nil
	}
	return kind.Grant{ARN: issuer(domain), Variables: map[string]any{"ISSUER": issuer(domain), "AUDIENCE": audience},
		Settings: map[string]any{"issuer": issuer(domain), "audience": audience}}, nil
}

// issuer is the iss of the tenant's tokens, which ends in a slash.
// https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
func issuer(domain string) string { return "https://" + domain + "/" }

// Check finds what the fields alone get wrong.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	if d := s.String("domain"); d != "" && !strings.HasSuffix(d, hostSuffix) {
		return []fault.Finding{{Rule: "auth0", Severity: fault.Note, Node: string(s.Node.ID), Field: "domain",
			Message: "the embedded sandbox signs nobody in at the custom domain " + d, Hint: "use the tenant's own domain (…" + hostSuffix + ") to try it there"}}
	}
	return nil
}
