package eventbus

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

const (
	busType  = "AWS::Events::EventBus"
	ruleType = "AWS::Events::Rule"

	// sizeLimit is how large an entry may be, and all of a request together.
	// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
	sizeLimit = 256 << 10
)

// Simulate brings buses and the part of the EventBridge API that programs use. Archives, schemas and partner sources are not
// simulated. The account's default bus is there without being made.
func (Kind) Simulate() kind.Simulation {
	return kind.Simulation{
		Types: []kind.ResourceType{{
			Type: busType, Properties: []string{"Name"}, Ignored: []string{"Description", "Tags", "KmsKeyIdentifier", "LogConfig"}, Replace: []string{"Name"},
			Check: checkBus, Create: createBus, Accept: accept, Push: "events:PutEvents",
		}},
		Services: []kind.Service{{Name: "events", Serve: serve}},
	}
}

func checkBus(p map[string]any) error {
	if name, ok := p["Name"].(string); ok && (name == "default" || name == "" || strings.Contains(name, "/")) {
		return fault.New(fault.Invalid, "%q is no name for a bus of one's own", name).At("Name")
	}
	return nil
}

func createBus(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID = property.Text(in.Properties, "Name")
	if err := checkBus(map[string]any{"Name": in.PhysicalID}); err != nil {
		return in, fault.As(err).At(in.LogicalID)
	}
	in.ARN = busARN(w, in.PhysicalID)
	if _, taken := w.Find(in.ARN); taken {
		return in, fault.New(fault.Conflict, "a bus named %s exists already", in.PhysicalID).At(in.LogicalID)
	}
	in.Attributes = map[string]any{"Arn": in.ARN, "Name": in.PhysicalID}
	return in, nil
}

func busARN(w kind.World, name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return w.ARN("events", "event-bus/"+name)
}

// event is an event as rules see it.
// https://docs.aws.amazon.com/eventbridge/latest/ref/overview-event-structure.html
type event struct {
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       string          `json:"time"`
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

func newEvent(w kind.World, source, detailType string, detail []byte, resources []string, at time.Time) event {
	if resources == nil {
		resources = []string{}
	}
	return event{"0", w.NewID(), detailType, source, w.Account(), at.UTC().Format(time.RFC3339), w.Region(), resources, detail}
}

// accept takes a delivery of a schedule or of a function's destination as an event: the payload is its detail; what its
// envelope says stands in the attributes Source, DetailType and Resources.
func accept(ctx context.Context, w kind.World, in kind.Instance, d kind.Delivery) error {
	if !isObject(d.Payload) {
		return fault.New(fault.Invalid, "the detail of an event must be a JSON object").At(in.Node)
	}
	var resources []string
	if list := d.Attributes["Resources"]; list != "" {
		resources = strings.Split(list, ",")
	}
	return publish(ctx, w, in.ARN, newEvent(w, d.Attributes["Source"], d.Attributes["DetailType"], d.Payload, resources, w.Now()), d.Hops)
}

// publish gives an event to every rule of a bus. A rule keeps what matches, so that what fails fails later and there.
func publish(ctx context.Context, w kind.World, bus string, e event, hops int) error {
	var payload bytes.Buffer
	enc := json.NewEncoder(&payload)
	enc.SetEscapeHTML(false) // a queue shows it as it is
	if err := enc.Encode(e); err != nil {
		return fault.Wrap(err, fault.Internal, "print an event")
	}
	for _, r := range w.Instances(ruleType) {
		name := property.Text(r.Properties, "EventBusName")
		if name == "" {
			name = "default"
		}
		if busARN(w, name) != bus {
			continue
		}
		// A bus asks nobody whether its own rules may see its events.
		if err := w.Deliver(ctx, kind.Delivery{Principal: kind.Principal{Owner: true}, SourceARN: bus, Target: r.ARN, Payload: bytes.TrimSpace(payload.Bytes()), Hops: hops}); err != nil {
			return err
		}
	}
	return nil
}

func isObject(text []byte) bool {
	return json.Valid(text) && bytes.HasPrefix(bytes.TrimSpace(text), []byte("{"))
}
