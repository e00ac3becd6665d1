package stripe

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Call sends an event to the function behind the webhook, signed with the endpoint's secret as Stripe signs. The payload is a
// whole event, or its type alone, which is filled up as Stripe's test events are.
func (Kind) Call(t kind.Target, payload []byte) (kind.Request, error) {
	address, ok := t.Outputs[kind.Pascal(design.ID(t.Node))+webhookURL]
	if !ok {
		return kind.Request{}, fault.New(fault.NotFound, "no webhook of the account is deployed").At(t.Node).Try("wire it to a function and deploy")
	}
	u, err := url.Parse(address)
	if err != nil {
		return kind.Request{}, fault.Wrap(err, fault.Internal, "reading the webhook's address").At(t.Node)
	}
	body, err := event(payload)
	if err != nil {
		return kind.Request{}, fault.Wrap(err, fault.Invalid, "the payload is no event").At(t.Node).Try(`send for instance {"type": "payment_intent.succeeded"}`)
	}
	s := t.Resources[signing]
	return kind.Request{Scheme: u.Scheme, Host: u.Host, Method: "POST", Path: cmp.Or(u.EscapedPath(), "/"), Body: body, Secret: cmp.Or(s.ARN, s.PhysicalID), Sign: sign,
		Header: map[string]string{"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)"}}, nil
}

// sign puts the signature of time and body into the header.
// https://docs.stripe.com/webhooks#verify-manually
func sign(secret string, now time.Time, r *kind.Request) {
	stamp := fmt.Sprint(now.Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "."))
	mac.Write(r.Body)
	r.Header["Stripe-Signature"] = "t=" + stamp + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// event fills up what a payload leaves out of Stripe's event object.
// https://docs.stripe.com/api/events/object
func event(payload []byte) ([]byte, error) {
	e := map[string]any{}
	if len(payload) > 0 {
		if err := json.Unmarshal(payload, &e); err != nil {
			return nil, err
		}
	}
	name, _ := e["type"].(string)
	fill := map[string]any{"id": "evt_test", "object": "event", "api_version": "2026-01-28", "livemode": false, "pending_webhooks": 1, "type": "payment_intent.succeeded",
		"request": map[string]any{"id": nil, "idempotency_key": nil}}
	if name == "" || name == "payment_intent.succeeded" {
		fill["data"] = map[string]any{"object": map[string]any{"id": "pi_test", "object": "payment_intent", "amount": 2000, "amount_received": 2000, "currency": "usd",
			"status": "succeeded", "livemode": false, "metadata": map[string]any{}}}
	} else {
		fill["data"] = map[string]any{"object": map[string]any{}}
	}
	for k, v := range fill {
		if e[k] == nil {
			e[k] = v
		}
	}
	return json.Marshal(e)
}
