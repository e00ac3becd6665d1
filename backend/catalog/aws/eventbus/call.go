package eventbus

import (
	"encoding/json"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Call publishes an event. The payload is an event with source, detail-type and detail, or a detail alone.
func (Kind) Call(t kind.Target, payload []byte) (kind.Request, error) {
	bus, ok := t.Resources[""]
	if !ok {
		return kind.Request{}, fault.New(fault.NotFound, "the bus is not deployed").At(t.Node)
	}
	if !isObject(payload) {
		return kind.Request{}, fault.New(fault.Invalid, "an event is a JSON object").At(t.Node).Try(`give {"source": …, "detail-type": …, "detail": {…}}, or the detail alone`)
	}
	var e struct {
		Source     string          `json:"source"`
		DetailType string          `json:"detail-type"`
		Detail     json.RawMessage `json:"detail"`
		Resources  []string        `json:"resources"`
	}
	if err := json.Unmarshal(payload, &e); err != nil || e.Source == "" || e.DetailType == "" || !isObject(e.Detail) {
		e.Source, e.DetailType, e.Detail, e.Resources = "airloom", "call", payload, nil
	}
	out := map[string]any{"EventBusName": bus.PhysicalID, "Source": e.Source, "DetailType": e.DetailType, "Detail": string(e.Detail)}
	if len(e.Resources) > 0 {
		out["Resources"] = e.Resources
	}
	body, err := json.Marshal(map[string]any{"Entries": []any{out}})
	if err != nil {
		return kind.Request{}, fault.Wrap(err, fault.Invalid, "print the event").At(t.Node)
	}
	return kind.Request{Service: "events", Method: "POST", Path: "/", Body: body,
		Header: map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.PutEvents"}}, nil
}
