// Package stripe is the kind saas.stripe: a Stripe account that posts signed events to a function, and that functions call with
// its API key. kind.go says what it is, emit.go which secrets it brings, call.go how a test event is signed and sent. It
// imports kind, cfn, design and fault only.
package stripe

import (
	_ "embed"

	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the account's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.WebhookSource = Kind{}
	_ kind.CallTarget    = Kind{}
	_ kind.Caller        = Kind{}
)

// Spec describes the account.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "saas.stripe", Title: "Stripe", Noun: "stripe", Category: "Third party",
		Summary:  "Takes payments: posts signed events to a function, and is called by functions with its API key",
		Keywords: []string{"payment", "webhook", "checkout", "invoice", "subscription", "card", "billing"},
		Icon:     icon, Help: help, Doc: "https://docs.stripe.com", Shape: kind.Box, Callable: true, Sample: `{"type": "payment_intent.succeeded"}`,
		Fields: []kind.Field{},
		Ports: []kind.Port{
			{ID: "in", Title: "Used by", Dir: kind.In, Speaks: []kind.Speak{{Protocol: kind.Call, Access: []string{"use"}}}},
			{ID: "out", Title: "Webhook", Dir: kind.Out, Max: 1, Speaks: []kind.Speak{{Protocol: kind.Webhook}},
				Fields: []kind.Field{{Name: "events", Title: "Events", Type: kind.List, Default: []any{"payment_intent.succeeded"}, Doc: "https://docs.stripe.com/api/events/types",
					Help: "What to choose when the address is registered at Stripe."}}},
		},
	}
}
