package eventbus

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
	"airloom/backend/kind/pattern"
)

// api refuses what is not done here as it refuses wrong values.
var api = awsapi.JSON{Version: "1.1", Refusal: "ValidationException", Internal: "InternalException"}

func invalid(format string, args ...any) error {
	return awsapi.Errorf("ValidationException", format, args...)
}

// serve answers the AWS JSON 1.1 protocol.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html
func serve(ctx context.Context, w kind.World, r kind.APIRequest) kind.HTTPResponse {
	operation, _ := strings.CutPrefix(r.Get("X-Amz-Target"), "AWSEvents.")
	var v any
	var err error
	switch operation {
	case "PutEvents":
		v, err = putEvents(ctx, w, r)
	case "TestEventPattern":
		v, err = testPattern(w, r)
	default:
		err = api.Refuse("does not carry out %s: buses and rules are created and changed by drawing them", operation)
	}
	return api.Answer(w, v, err)
}

// entry is one event of a request.
type entry struct {
	Time         *float64
	Source       string
	Resources    []string
	DetailType   string
	Detail       string
	EventBusName string
	TraceHeader  string
}

// size counts as EventBridge does.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
func (e entry) size() int {
	n := len(e.Source) + len(e.DetailType) + len(e.Detail)
	if e.Time != nil {
		n += 14
	}
	for _, r := range e.Resources {
		n += len(r)
	}
	return n
}

// check gives the error of an entry that is not taken, "" for one that is.
func (e entry) check() (code, message string) {
	required := func(name string) (string, string) {
		return "InvalidArgument", "Parameter " + name + " is not valid. Reason: " + name + " is a required argument."
	}
	switch {
	case e.Source == "":
		return required("Source")
	case e.DetailType == "":
		return required("DetailType")
	case e.Detail == "":
		return required("Detail")
	case len(e.DetailType) > 128:
		return "InvalidArgument", "Parameter DetailType is not valid. Reason: DetailType must be at most 128 characters."
	case strings.HasPrefix(e.Source, "aws."):
		return "NotAuthorizedForSourceException", "Not authorized for the source."
	case !isObject([]byte(e.Detail)):
		return "MalformedDetail", "Detail is malformed."
	}
	return "", ""
}

type result struct {
	EventID      string `json:"EventId,omitempty"`
	ErrorCode    string `json:",omitempty"`
	ErrorMessage string `json:",omitempty"`
}

// putEvents publishes up to ten events: each is taken or refused for itself, but without a permission none is.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
func putEvents(ctx context.Context, w kind.World, r kind.APIRequest) (any, error) {
	var in struct {
		Entries    []entry
		EndpointID string `json:"EndpointId"`
	}
	if err := api.Read("PutEvents", r.Body, &in); err != nil {
		return nil, err
	}
	total := 0
	for _, e := range in.Entries {
		total += e.size()
	}
	switch {
	case in.EndpointID != "":
		return nil, api.Refuse("has no global endpoints (EndpointId)")
	case len(in.Entries) == 0 || len(in.Entries) > 10:
		return nil, invalid("1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10 and greater than or equal to 1")
	case total > sizeLimit:
		return nil, invalid("Total size of the entries in the request is over the limit.")
	}
	for i, e := range in.Entries {
		if e.EventBusName == "" {
			in.Entries[i].EventBusName = "default"
		}
		if err := w.Allow(kind.Access{Principal: r.Principal, Action: "events:PutEvents", Resource: busARN(w, in.Entries[i].EventBusName),
			Context: map[string]string{"events:source": e.Source, "events:detail-type": e.DetailType}}); err != nil {
			return nil, err
		}
	}
	results, failed := make([]result, len(in.Entries)), 0
	for i, e := range in.Entries {
		if code, message := e.check(); code != "" {
			results[i] = result{ErrorCode: code, ErrorMessage: message}
			failed++
			continue
		}
		at := w.Now()
		if e.Time != nil {
			at = time.Unix(int64(*e.Time), 0)
		}
		event := newEvent(w, e.Source, e.DetailType, []byte(e.Detail), e.Resources, at)
		results[i].EventID = event.ID
		// Events for a bus that does not exist are taken and lost, as on AWS.
		if err := publish(ctx, w, busARN(w, e.EventBusName), event, 1); err != nil {
			results[i] = result{ErrorCode: "InternalFailure", ErrorMessage: fault.As(err).Message}
			failed++
		}
	}
	return map[string]any{"FailedEntryCount": failed, "Entries": results}, nil
}

// testPattern tells whether an event matches.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
func testPattern(w kind.World, r kind.APIRequest) (any, error) {
	var in struct{ Event, EventPattern string }
	if err := api.Read("TestEventPattern", r.Body, &in); err != nil {
		return nil, err
	}
	if err := w.Allow(kind.Access{Principal: r.Principal, Action: "events:TestEventPattern", Resource: "*"}); err != nil {
		return nil, err
	}
	p, err := pattern.Parse([]byte(in.EventPattern))
	if err != nil {
		return nil, awsapi.Errorf("InvalidEventPatternException", "Event pattern is not valid. Reason: %s", err)
	}
	var e map[string]any
	if err := json.Unmarshal([]byte(in.Event), &e); err != nil {
		return nil, invalid("Parameter Event is not valid.")
	}
	for _, field := range []string{"id", "account", "source", "time", "region", "resources", "detail-type"} {
		if _, ok := e[field]; !ok {
			return nil, invalid("Parameter Event is not valid. It has no %s.", field)
		}
	}
	return map[string]bool{"Result": p.Match(e)}, nil
}
