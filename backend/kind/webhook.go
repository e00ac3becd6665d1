package kind

// WebhookSource is a third party that sends requests to a public address and signs them.
type WebhookSource interface {
	// Hook is told the public address, and grants the receiver what it needs to check signatures.
	Hook(w *Wire, url any) (Grant, error)
}

// WebhookTarget opens a public address on the node, and takes up the grant as a CallSource does.
type WebhookTarget interface {
	Open(*Wire) (url any, err error)
	CallSource
}

var webhookProtocol = Protocol{ID: Webhook, Title: "sends webhooks to", Help: "A third party posts signed events to a public address of the target: the address, the signing secret and the right to read it.",
	Join: joinWebhook, Implements: sides[WebhookSource, WebhookTarget]}

func joinWebhook(w *Wire) error {
	source, ok := w.FromKind.(WebhookSource)
	if !ok {
		return w.cannot("source", w.FromKind)
	}
	target, ok := w.ToKind.(WebhookTarget)
	if !ok {
		return w.cannot("target", w.ToKind)
	}
	url, err := target.Open(w)
	if err != nil {
		return err
	}
	g, err := source.Hook(w, url)
	if err != nil {
		return err
	}
	return target.Use(w, g)
}
