package kind

import "strings"

// Grant is what a callable node gives to one caller for one access.
type Grant struct {
	ARN        any // the target's ARN or address, where it has one (schedules and rules need it)
	Statements []Statement
	// Variables by suffix: "TABLE_NAME" becomes ORDERS_TABLE_NAME on the caller. An "" key is the variable's whole
	// default, and the edge's property "variable" renames the only or first one.
	Variables map[string]any
	// Settings are values for callers that take no variables (issuer and audience for an authorizer).
	Settings map[string]any
}

// CallTarget is the called side of the call and schedule protocols: tables, queues, buckets, functions, secrets …
type CallTarget interface{ Grant(*Wire) (Grant, error) }

// CallSource is the calling side: it takes up what the target granted (role statements, variables, configuration).
type CallSource interface {
	Use(*Wire, Grant) error
}

// Browser is a CallSource whose calls come from web pages: a target that is called across origins admits its origin (CORS).
type Browser interface {
	// Origin is the origin of the node's pages: "https://d111111abcdef8.cloudfront.net".
	Origin(*Scope) any
}

// AdmitsOrigin tells whether an allowed origin of a CORS configuration admits a browser's: "*", one "*" within, or equal.
// Loopback addresses have no certificate, so that the embedded sandbox serves at http what the template calls https.
func AdmitsOrigin(allowed, origin string) bool {
	if host, ok := strings.CutPrefix(allowed, "https://127.0.0.1:"); ok && origin == "http://127.0.0.1:"+host {
		return true
	}
	before, after, wild := strings.Cut(allowed, "*")
	if !wild {
		return allowed == origin
	}
	return len(origin) >= len(before)+len(after) && strings.HasPrefix(origin, before) && strings.HasSuffix(origin, after)
}

var callProtocol = Protocol{ID: Call, Title: "calls", Help: "The source calls the target's API: a statement in its role and a variable with the target's name.",
	Join: joinCall, Implements: sides[CallSource, CallTarget]}

func joinCall(w *Wire) error {
	target, ok := w.ToKind.(CallTarget)
	if !ok {
		return w.cannot("target", w.ToKind)
	}
	source, ok := w.FromKind.(CallSource)
	if !ok {
		return w.cannot("source", w.FromKind)
	}
	g, err := target.Grant(w)
	if err != nil {
		return err
	}
	return source.Use(w, g)
}

// VariableNames turns a grant's variables into full names for this wire.
func (w *Wire) VariableNames(g Grant) map[string]any {
	out := map[string]any{}
	rename := w.String("variable")
	granter := w.To
	if w.Edge.Protocol == string(Webhook) {
		granter = w.From
	}
	for suffix, v := range g.Variables {
		name := granter.VariablePrefix()
		if suffix != "" {
			name += "_" + suffix
		}
		if rename != "" && len(g.Variables) == 1 {
			name = rename
		}
		out[name] = v
	}
	return out
}
