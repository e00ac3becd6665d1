package sns

import (
	"context"
	"encoding/xml"
	"net/url"
	"testing"

	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

const (
	topicARN    = "arn:aws:sns:us-east-1:000000000000:news"
	queueARN    = "arn:aws:sqs:us-east-1:000000000000:q"
	functionARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
	deadARN     = "arn:aws:sqs:us-east-1:000000000000:dead"
)

// place is a world with the topic "news" and things that can be subscribed.
type place struct {
	t     *testing.T
	w     *kindtest.World
	sim   kind.Simulation
	topic kind.Instance
	trace string // the trace header of requests
}

func newPlace(t *testing.T, properties map[string]any) *place {
	t.Helper()
	sim := New().Simulate()
	w := kindtest.New(sim)
	for _, arn := range []string{queueARN, functionARN, deadARN} {
		w.Put(kind.Instance{LogicalID: arn, Type: "AWS::Something", ARN: arn})
	}
	p := map[string]any{"TopicName": "news"}
	for name, v := range properties {
		p[name] = v
	}
	topic, err := w.Create(context.Background(), "News", topicType, p)
	if err != nil {
		t.Fatal(err)
	}
	return &place{t: t, w: w, sim: sim, topic: topic}
}

// subscribe adds a subscription with more properties in pairs.
func (p *place) subscribe(id, protocol, endpoint string, more ...any) kind.Instance {
	p.t.Helper()
	properties := map[string]any{"TopicArn": p.topic.ARN, "Protocol": protocol, "Endpoint": endpoint}
	for i := 0; i+1 < len(more); i += 2 {
		properties[more[i].(string)] = more[i+1]
	}
	in, err := p.w.Create(context.Background(), id, subscriptionType, properties)
	if err != nil {
		p.t.Fatal(err)
	}
	return in
}

// ask sends a request of the query protocol, its parameters in pairs.
func (p *place) ask(action string, parameters ...string) kind.HTTPResponse {
	p.t.Helper()
	form := url.Values{"Action": {action}, "Version": {"2010-03-31"}}
	for i := 0; i+1 < len(parameters); i += 2 {
		form.Set(parameters[i], parameters[i+1])
	}
	return p.sim.Services[0].Serve(context.Background(), p.w, kind.APIRequest{Principal: kind.Principal{Role: "arn:aws:iam::000000000000:role/r"},
		HTTPRequest: kind.HTTPRequest{Method: "POST", Path: "/", Header: map[string][]string{"X-Amzn-Trace-Id": {p.trace}}, Body: []byte(form.Encode())}})
}

// ok asks what must be answered.
func ok[T any](p *place, action string, parameters ...string) T {
	p.t.Helper()
	var v T
	r := p.ask(action, parameters...)
	if err := xml.Unmarshal(r.Body, &v); r.Status != 200 || err != nil {
		p.t.Fatalf("%s: %d %v %s", action, r.Status, err, r.Body)
	}
	return v
}

type publishedXML struct {
	MessageId      string `xml:"PublishResult>MessageId"`
	SequenceNumber string `xml:"PublishResult>SequenceNumber"`
}

// refused asks what must be refused.
func (p *place) refused(status int, code, action string, parameters ...string) string {
	p.t.Helper()
	var e struct {
		Type    string `xml:"Error>Type"`
		Code    string `xml:"Error>Code"`
		Message string `xml:"Error>Message"`
	}
	r := p.ask(action, parameters...)
	if err := xml.Unmarshal(r.Body, &e); err != nil || r.Status != status || e.Code != code || e.Type != "Sender" {
		p.t.Errorf("%s %v: %d %s, want %d %s", action, parameters, r.Status, r.Body, status, code)
	}
	return e.Message
}
