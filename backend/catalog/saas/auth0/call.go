package auth0

import (
	"encoding/json"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Call asks the tenant for an access token for its audience. The payload names who ({"sub", "scope"}), or is a token request
// of one's own with a grant_type; a real tenant takes only the latter.
func (Kind) Call(t kind.Target, payload []byte) (kind.Request, error) {
	domain, _ := t.Props["domain"].(string)
	if domain == "" {
		return kind.Request{}, fault.New(fault.Invalid, "the tenant has no domain").At(t.Node).Try("fill in its field")
	}
	ask := map[string]any{}
	if len(payload) > 0 {
		if err := json.Unmarshal(payload, &ask); err != nil {
			return kind.Request{}, fault.Wrap(err, fault.Invalid, "the payload is no JSON object").At(t.Node).Try(`send for instance {"sub": "auth0|ada", "scope": "read:orders"}`)
		}
	}
	if ask["grant_type"] == nil {
		sub, _ := ask["sub"].(string)
		if sub == "" {
			sub = "auth0|somebody"
		}
		delete(ask, "sub")
		ask["grant_type"], ask["username"], ask["password"] = passwordGrant, sub, "offline"
	}
	for name, prop := range map[string]string{"audience": "audience", "client_id": "clientId"} {
		if ask[name] == nil && t.Props[prop] != nil {
			ask[name] = t.Props[prop]
		}
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return kind.Request{}, fault.Wrap(err, fault.Invalid, "print the token request").At(t.Node)
	}
	return kind.Request{Scheme: "https", Host: domain, Method: "POST", Path: "/oauth/token", Header: map[string]string{"Content-Type": "application/json"}, Body: body}, nil
}
